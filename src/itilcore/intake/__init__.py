"""What reaches a desk, and what it is about: the service catalogue."""

from __future__ import annotations

from .services import Criticality, Service, ServiceCatalogue

__all__ = ["Criticality", "Service", "ServiceCatalogue"]
