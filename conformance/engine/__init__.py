"""Judges rules against a target: ``judge(rule, talk, budget)`` gives one judgement a side."""
