"""Estimates: published tables, laws, and oracles that share no arithmetic with the code."""

from __future__ import annotations

import math
import pickle
import statistics
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itilcore.errors import InvalidInput
from itilcore.metrics.estimate import (
    ConfidenceInterval,
    bootstrap_interval,
    mean_interval,
    normal_critical,
    quantile,
    quantile_interval,
    student_t_critical,
    wilson,
)

durations = st.floats(0, 1e9).map(lambda x: round(x, 3))
samples = st.lists(durations, min_size=1, max_size=60).map(sorted)
shares = st.floats(0, 1)
levels = st.sampled_from([0.5, 0.75, 0.8, 0.9, 0.95, 0.99, 0.999])
bad_levels = pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 95.0, math.nan])


def refusal(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [defect.path for defect in error.value.defects]


class TestConfidenceInterval:
    def test_is_a_plain_value(self) -> None:
        interval = ConfidenceInterval(1.0, 2.0, 0.95, "Wilson")
        assert interval == pickle.loads(pickle.dumps(interval))
        assert len({interval, ConfidenceInterval(1.0, 2.0, 0.95, "Wilson")}) == 1

    def test_holds_its_ends(self) -> None:
        interval = ConfidenceInterval(1.0, 2.0, 0.95, "Wilson")
        assert [x in interval for x in (0.9, 1.0, 2.0, 2.1)] == [False, True, True, False]

    def test_lists_every_defect(self) -> None:
        with pytest.raises(InvalidInput) as error:
            ConfidenceInterval(2.0, 1.0, 95, "Wilson")
        assert refusal(error) == ["level", "low"]

    def test_refuses_what_is_no_number(self) -> None:
        with pytest.raises(InvalidInput) as error:
            ConfidenceInterval(math.nan, 1.0, 0.95, "Student t")
        assert refusal(error) == ["low"]


class TestQuantile:
    def test_examples(self) -> None:
        ordered = [10.0, 20.0, 30.0, 40.0, 50.0]
        assert [quantile(ordered, q) for q in (0, 0.25, 0.3, 0.5, 1)] == [10, 20, 22, 30, 50]
        assert quantile([3.0], 0.9) == 3.0

    def test_nothing_has_none(self) -> None:
        assert quantile([], 0.5) is None
        assert quantile((), 1) is None

    @pytest.mark.parametrize("q", [-0.01, 1.01, 50, math.nan])
    def test_refuses_what_is_no_share(self, q: float) -> None:
        with pytest.raises(InvalidInput) as error:
            quantile([1.0], q)
        assert refusal(error) == ["q"]

    @given(samples, shares)
    def test_is_type_7(self, ordered: list[float], q: float) -> None:
        # The definition in exact arithmetic: the broken line through (i / (n - 1), x_i).
        h = (len(ordered) - 1) * Fraction(q)
        below, above = Fraction(ordered[math.floor(h)]), Fraction(ordered[math.ceil(h)])
        exact = float(below + (above - below) * (h - math.floor(h)))
        # (n - 1) q is rounded, so h may be off by an ulp of h: a sliver of the sample's range.
        assert quantile(ordered, q) == pytest.approx(exact, rel=1e-12, abs=1e-12 * ordered[-1])

    @given(samples.filter(lambda ordered: len(ordered) > 1))
    def test_agrees_with_the_standard_library(self, ordered: list[float]) -> None:
        tenths = [quantile(ordered, i / 10) for i in range(1, 10)]
        expected = statistics.quantiles(ordered, n=10, method="inclusive")
        assert tenths == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert quantile(ordered, 0.5) == pytest.approx(statistics.median(ordered), rel=1e-15)

    @given(samples, shares, shares)
    def test_never_falls_and_stays_inside(self, ordered: list[float], p: float, q: float) -> None:
        low, high = (quantile(ordered, share) for share in sorted((p, q)))
        assert low is not None and high is not None
        assert ordered[0] <= low <= high <= ordered[-1]


class TestCriticalValues:
    # Two-sided 95 % points of Student's distribution, as tables of it print them.
    @pytest.mark.parametrize(
        ("df", "printed"),
        [
            (1, 12.7062047364),
            (2, 4.3026527297),
            (5, 2.5705818356),
            (10, 2.2281388520),
            (30, 2.0422724563),
            (100, 1.9839715185),
            (1000, 1.9623390808),
        ],
    )
    def test_printed_tables(self, df: int, printed: float) -> None:
        assert student_t_critical(0.95, df) == pytest.approx(printed, abs=6e-11 * max(1, printed))

    @pytest.mark.parametrize(
        ("level", "printed"),
        [(0.5, 0.6744897502), (0.9, 1.6448536270), (0.95, 1.9599639845), (0.99, 2.5758293035)],
    )
    def test_printed_normal_points(self, level: float, printed: float) -> None:
        assert normal_critical(level) == pytest.approx(printed, abs=6e-11)

    @given(levels | st.floats(0.01, 0.999999))
    def test_closed_forms(self, level: float) -> None:
        # df 1 is the Cauchy distribution; df 2 has an algebraic distribution function.
        assert student_t_critical(level, 1) == pytest.approx(math.tan(math.pi * level / 2))
        two = level * math.sqrt(2 / ((1 - level) * (1 + level)))
        assert student_t_critical(level, 2) == pytest.approx(two, rel=1e-11)
        assert normal_critical(level) == pytest.approx(
            statistics.NormalDist().inv_cdf((1 + level) / 2), rel=1e-9
        )

    @pytest.mark.parametrize("level", [0.2, 0.9, 0.95, 0.999])
    @pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 20, 150, 999, 1000, 1001, 5000, 10**5, 10**7])
    def test_integrates_to_the_level(self, df: int, level: float) -> None:
        # With t = sqrt(df) tan(a) the density is cos(a)^(df - 1) up to a factor, which the
        # integral over everything supplies: no gamma function in the oracle.
        def area(end: float, strips: int = 4000) -> float:
            width = end / strips

            def kernel(a: float) -> float:
                # Two ways to the logarithm of the cosine, each where it is the sound one.
                log = math.log1p(-(math.sin(a) ** 2)) / 2 if a < 1 else math.log(math.cos(a))
                return math.exp((df - 1) * log)

            ordinates = [(2 + 2 * (i % 2)) * kernel(i * width) for i in range(1, strips)]
            return math.fsum([kernel(0.0), *ordinates, kernel(end)]) * width / 3

        # Beyond 14 standard deviations the kernel is nothing; small df need the whole arc.
        everything = min(math.pi / 2 * (1 - 1e-15), 14 / math.sqrt(df))
        t = student_t_critical(level, df)
        share = area(math.atan(t / math.sqrt(df))) / area(everything)
        assert share == pytest.approx(level, abs=1e-12)

    def test_the_two_methods_meet(self) -> None:
        for level in (0.5, 0.95, 0.999, 1 - 1e-9):
            t = [student_t_critical(level, df) for df in (999, 1000, 1001, 1002)]
            steps = [a - b for a, b in pairwise(t)]
            assert steps[1] == pytest.approx((steps[0] + steps[2]) / 2, rel=2e-5)

    @given(levels, st.integers(1, 5000))
    def test_falls_towards_the_normal(self, level: float, df: int) -> None:
        narrower = student_t_critical(level, df + 1)
        assert student_t_critical(level, df) > narrower > normal_critical(level)

    def test_the_ends_of_what_a_float_holds(self) -> None:
        assert student_t_critical(1 - 2**-53, 1) == pytest.approx(2**54 / math.pi)
        assert normal_critical(1e-9) == pytest.approx(1e-9 * math.sqrt(math.pi / 2))

    def test_refuses(self) -> None:
        with pytest.raises(InvalidInput) as error:
            student_t_critical(1.0, 0)
        assert refusal(error) == ["level", "df"]
        with pytest.raises(InvalidInput) as error:
            normal_critical(0.0)
        assert refusal(error) == ["level"]


class TestMeanInterval:
    def test_example(self) -> None:
        # mean 5, variance 32 / 7, df 7: 5 +- 2.3646242516 * sqrt(32 / 7 / 8)
        mean, interval = mean_interval([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])
        assert mean == 5.0
        assert interval is not None
        assert interval.low == pytest.approx(5 - 2.3646242516 * math.sqrt(4 / 7))
        assert interval.high == pytest.approx(5 + 2.3646242516 * math.sqrt(4 / 7))
        assert (interval.level, interval.method) == (0.95, "Student t")

    def test_too_few(self) -> None:
        assert mean_interval([]) == (None, None)
        assert mean_interval([3.0]) == (3.0, None)

    def test_equal_values_have_no_width(self) -> None:
        mean, interval = mean_interval((4.0, 4.0, 4.0))
        assert (mean, interval) == (4.0, ConfidenceInterval(4.0, 4.0, 0.95, "Student t"))

    @bad_levels
    def test_refuses_a_level(self, level: float) -> None:
        with pytest.raises(InvalidInput) as error:
            mean_interval([], level)
        assert refusal(error) == ["level"]

    @given(st.lists(durations, min_size=2, max_size=50), levels)
    @example([1e9 + 1, 1e9 + 2, 1e9 + 3], 0.95)
    def test_against_exact_fractions(self, values: list[float], level: float) -> None:
        n = len(values)
        mean = sum(map(Fraction, values)) / n
        variance = sum((Fraction(x) - mean) ** 2 for x in values) / (n - 1)
        margin = student_t_critical(level, n - 1) * math.sqrt(variance / n)
        found, interval = mean_interval(values, level)
        assert found == pytest.approx(float(mean), rel=1e-15)
        assert interval is not None
        ulps = 64 * math.ulp(max(values))
        assert interval.high - interval.low == pytest.approx(2 * margin, rel=1e-12, abs=ulps)
        assert interval.low + interval.high == pytest.approx(
            2 * float(mean), abs=margin * 1e-12 + ulps
        )

    @given(st.lists(durations, min_size=2, max_size=50))
    def test_order_does_not_matter(self, values: list[float]) -> None:
        mean, interval = mean_interval(values)
        again, other = mean_interval(sorted(values))
        assert mean == again
        assert interval is not None and other is not None
        assert other.low == pytest.approx(interval.low, rel=1e-9, abs=1e-3)


def exact_ranks(n: int, q: Fraction, level: Fraction) -> tuple[int, int] | None:
    """The rule of quantile_interval word for word, in fractions; ties as it states them."""
    pmf = (math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n))
    bound = (1 - level) / 2 * (1 + Fraction(1, 10**12))
    at_most = dict(enumerate(accumulate(pmf), start=1))  # rank to P(B <= rank - 1)
    lows = [rank for rank, below in at_most.items() if below <= bound]
    highs = [rank for rank, below in at_most.items() if 1 - below <= bound]
    return (max(lows), min(highs)) if lows and highs else None


def ranks(n: int, q: float, level: float = 0.95) -> tuple[float, float] | None:
    interval = quantile_interval(range(1, n + 1), q, level)
    return (interval.low, interval.high) if interval else None


class TestQuantileInterval:
    # The 95 % ranks for a median, as tables of the sign test print them.
    @pytest.mark.parametrize(
        ("n", "printed"),
        [(6, (1, 6)), (10, (2, 9)), (15, (4, 12)), (20, (6, 15)), (25, (8, 18)), (100, (40, 61))],
    )
    def test_printed_median_ranks(self, n: int, printed: tuple[int, int]) -> None:
        assert ranks(n, 0.5) == printed

    @pytest.mark.parametrize(("n", "q"), [(0, 0.5), (5, 0.5), (10, 0.9), (28, 0.1), (9, 0), (9, 1)])
    def test_none_where_no_pair_covers(self, n: int, q: float) -> None:
        assert ranks(n, q) is None

    def test_a_tail_equal_to_its_bound_will_do(self) -> None:
        # P(B = 0) = 1 / 8 for three values, exactly half of 1 - 0.75.
        assert ranks(3, 0.5, 0.75) == (1, 3)

    @given(st.integers(0, 40), st.integers(0, 100).map(lambda percent: percent / 100), levels)
    def test_is_the_rule_word_for_word(self, n: int, q: float, level: float) -> None:
        assert ranks(n, q, level) == exact_ranks(n, Fraction(q), Fraction(level))

    @pytest.mark.parametrize(("n", "q"), [(700, 0.5), (900, 0.9), (1000, 0.02)])
    def test_is_the_rule_for_hundreds(self, n: int, q: float) -> None:
        share = Fraction(q).limit_denominator(100)
        top = share.denominator
        # Whole numbers: binomial weights times top ** n.
        a, b = share.numerator, top - share.numerator
        weights = [math.comb(n, k) * a**k * b ** (n - k) for k in range(n + 1)]
        bound = top**n * 25 // 1000
        below = above = 0
        low, high = 0, n + 1
        while (below := below + weights[low]) <= bound:
            low += 1
        while (above := above + weights[high - 1]) <= bound:
            high -= 1
        assert ranks(n, q) == (low, high)

    @pytest.mark.parametrize("q", [0.5, 0.9, 0.001])
    def test_a_million_values_are_near_normal(self, q: float) -> None:
        n = 1_000_000
        deviation = 1.9599639845 * math.sqrt(n * q * (1 - q))
        found = ranks(n, q)
        assert found is not None
        assert found[0] == pytest.approx(n * q - deviation, abs=2)
        assert found[1] == pytest.approx(n * q + deviation + 1, abs=2)

    @given(samples, st.floats(0.05, 0.95), levels)
    def test_holds_the_estimate(self, ordered: list[float], q: float, level: float) -> None:
        interval = quantile_interval(ordered, q, level)
        if interval is not None and level >= 0.9:
            estimate = quantile(ordered, q)
            assert estimate is not None
            assert estimate in interval
            assert interval.method == "order statistics"

    @given(st.integers(1, 300), st.floats(0.05, 0.95))
    def test_more_confidence_is_never_narrower(self, n: int, q: float) -> None:
        inner, outer = ranks(n, q, 0.9), ranks(n, q, 0.95)
        assert outer is None or (inner is not None and outer[0] <= inner[0] < inner[1] <= outer[1])

    def test_lists_every_defect(self) -> None:
        with pytest.raises(InvalidInput) as error:
            quantile_interval([], 1.5, 0)
        assert refusal(error) == ["q", "level"]


class TestWilson:
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
    @pytest.mark.parametrize(
        ("successes", "n", "low", "high"),
        [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ],
    )
    def test_published(self, successes: int, n: int, low: float, high: float) -> None:
        interval = wilson(successes, n)
        assert interval is not None
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)
        assert interval.method == "Wilson"

    def test_over_nothing(self) -> None:
        assert wilson(0, 0) is None

    @given(st.integers(1, 10**9), st.data(), levels)
    def test_the_ends_solve_the_score_equation(
        self, n: int, data: st.DataObject, level: float
    ) -> None:
        successes = data.draw(st.integers(0, n))
        interval = wilson(successes, n, level)
        assert interval is not None
        share, z = successes / n, normal_critical(level)
        assert 0 <= interval.low <= share <= interval.high <= 1
        assert (interval.low == 0) == (successes == 0)
        assert (interval.high == 1) == (successes == n)
        for end in (interval.low, interval.high):
            assert abs(share - end) == pytest.approx(
                z * math.sqrt(end * (1 - end) / n), rel=1e-6, abs=1e-12
            )

    @given(st.integers(1, 10**6), st.data())
    def test_failures_mirror_successes(self, n: int, data: st.DataObject) -> None:
        successes = data.draw(st.integers(0, n))
        one, other = wilson(successes, n), wilson(n - successes, n)
        assert one is not None and other is not None
        assert one.low == pytest.approx(1 - other.high, abs=1e-12)

    @pytest.mark.parametrize(
        ("successes", "n", "level", "paths"),
        [
            (3, 2, 0.95, ["successes"]),
            (-1, 2, 0.95, ["successes"]),
            (0, -1, 0.95, ["n"]),
            (1, -1, 2.0, ["level", "n", "successes"]),
        ],
    )
    def test_refuses(self, successes: int, n: int, level: float, paths: list[str]) -> None:
        with pytest.raises(InvalidInput) as error:
            wilson(successes, n, level)
        assert refusal(error) == paths


class TestBootstrap:
    values = (3.0, 8.0, 1.0, 22.0, 5.0, 13.0, 2.0, 9.0)

    def test_a_seed_settles_it(self) -> None:
        one = bootstrap_interval(self.values, statistics.fmean, seed=11)
        assert one == bootstrap_interval(self.values, statistics.fmean, seed=11)
        assert one != bootstrap_interval(self.values, statistics.fmean, seed=12)
        assert one is not None
        assert one.method == "bootstrap"
        assert statistics.fmean(self.values) in one

    def test_is_near_the_normal_interval_for_a_mean(self) -> None:
        values = [float(i % 97) for i in range(500)]
        _, student = mean_interval(values)
        found = bootstrap_interval(values, statistics.fmean, seed=1)
        assert student is not None and found is not None
        assert (found.low, found.high) == pytest.approx((student.low, student.high), abs=0.5)

    def test_one_resample_is_a_point(self) -> None:
        found = bootstrap_interval(self.values, max, seed=3, resamples=1)
        assert found is not None
        assert found.low == found.high

    @pytest.mark.parametrize("values", [[], [1.0]])
    def test_too_few(self, values: list[float]) -> None:
        assert bootstrap_interval(values, max, seed=1) is None

    @given(st.lists(durations, min_size=2, max_size=12), st.integers())
    def test_stays_among_the_values(self, values: list[float], seed: int) -> None:
        found = bootstrap_interval(values, min, seed, resamples=20, level=0.8)
        assert found is not None
        assert min(values) <= found.low <= found.high <= max(values)

    def test_lists_every_defect(self) -> None:
        with pytest.raises(InvalidInput) as error:
            bootstrap_interval([1.0, 2.0], max, seed=None, resamples=0, level=1)  # type: ignore[arg-type]  # on purpose
        assert refusal(error) == ["level", "seed", "resamples"]
