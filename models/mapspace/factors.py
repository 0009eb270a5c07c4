"""Factors of whole numbers: what loops can be split into, and in how many orders."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def prime_factors(number: int) -> tuple[tuple[int, int], ...]:
    """``(prime, exponent)`` pairs of a whole number, smallest prime first."""
    found = []
    prime = 2
    while prime * prime <= number:
        exponent = 0
        while number % prime == 0:
            number //= prime
            exponent += 1
        if exponent:
            found.append((prime, exponent))
        prime += 1
    if number > 1:
        found.append((number, 1))
    return tuple(found)


@lru_cache(maxsize=4096)
def divisors(number: int) -> tuple[int, ...]:
    """Return all divisors of a whole number, ascending."""
    found = [1]
    for prime, exponent in prime_factors(number):
        found = [low * prime**power for low in found for power in range(exponent + 1)]
    return tuple(sorted(found))
