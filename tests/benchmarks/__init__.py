"""Tests of what the benchmarks are made with."""
