"""Factors of whole numbers: what loops can be split into, and in how many orders."""

from __future__ import annotations

import math
from functools import lru_cache

_BY_DIVISION = 1000
"""Number below which primes are found by division."""

_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Bases of the Miller-Rabin test that are enough for all numbers below 3.3e24 (Sorenson and
Webster, 2015)."""


@lru_cache(maxsize=4096)
def prime_factors(number: int) -> tuple[tuple[int, int], ...]:
    """``(prime, exponent)`` pairs of a whole number, smallest prime first."""
    counts: dict[int, int] = {}
    prime = 2
    while prime < _BY_DIVISION and prime * prime <= number:
        while number % prime == 0:
            counts[prime] = counts.get(prime, 0) + 1
            number //= prime
        prime += 1
    for prime in _large_primes(number):
        counts[prime] = counts.get(prime, 0) + 1
    return tuple(sorted(counts.items()))


def _large_primes(number: int) -> list[int]:
    """Return the primes, each as often as it divides, of a number without small ones."""
    if number == 1:
        return []
    if number < _BY_DIVISION**2 or _is_prime(number):
        return [number]
    part = _divisor(number)
    return [*_large_primes(part), *_large_primes(number // part)]


def _is_prime(number: int) -> bool:
    """Whether an odd number above all witnesses is prime, by the test of Miller and Rabin."""
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    odd = (number - 1) >> twos
    for base in _WITNESSES:
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _divisor(number: int) -> int:
    """Return a divisor of a composite number, neither 1 nor itself, by Pollard's rho method."""
    root = math.isqrt(number)
    if root * root == number:
        return root
    for step in range(1, number):
        slow = fast = 2
        common = 1
        while common == 1:
            slow = (slow * slow + step) % number
            fast = (fast * fast + step) % number
            fast = (fast * fast + step) % number
            common = math.gcd(abs(slow - fast), number)
        if common != number:
            return common
    raise AssertionError("a composite number has a divisor")


@lru_cache(maxsize=4096)
def divisors(number: int) -> tuple[int, ...]:
    """Return all divisors of a whole number, ascending."""
    found = [1]
    for prime, exponent in prime_factors(number):
        found = [low * prime**power for low in found for power in range(exponent + 1)]
    return tuple(sorted(found))
