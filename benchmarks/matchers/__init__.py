"""What `benchmarks.matching` compares the rule index with; the tests of `monitor.match` use `naive` too."""
