"""Factors of whole numbers, also of those that take trial division hours."""

from __future__ import annotations

import math

import pytest

from zigzag_imc.models.mapspace.factors import divisors, prime_factors


def by_division(number: int) -> tuple[tuple[int, int], ...]:
    """Return prime factors, one candidate after the other."""
    found = []
    for prime in range(2, number + 1):
        exponent = 0
        while number % prime == 0:
            number //= prime
            exponent += 1
        if exponent:
            found.append((prime, exponent))
    return tuple(found)


def test_small_numbers() -> None:
    assert all(prime_factors(number) == by_division(number) for number in range(1, 2500))


@pytest.mark.parametrize(
    "factors",
    [
        ((2**61 - 1, 1),),
        ((2**63 - 25, 1),),
        ((2147483629, 1), (2147483647, 1)),
        ((2147483647, 2),),
        ((1000003, 3),),
        ((997, 2), (1009, 2), (1013, 1)),
        ((2, 62),),
        ((2, 1), (3037000453, 1)),
        ((829, 1), (1657, 1)),
    ],
)
def test_large_numbers_take_no_time(factors: tuple[tuple[int, int], ...]) -> None:
    number = math.prod(prime**exponent for prime, exponent in factors)
    assert prime_factors(number) == factors
    assert len(divisors(number)) == math.prod(exponent + 1 for _, exponent in factors)


@pytest.mark.parametrize("number", [3215031751, 3474749660383, 341550071728321])
def test_numbers_that_look_prime_to_some_bases(number: int) -> None:
    """Each is composite, and passes the test of Miller and Rabin for several small bases."""
    found = prime_factors(number)
    assert len(found) > 1
    assert math.prod(prime**exponent for prime, exponent in found) == number
