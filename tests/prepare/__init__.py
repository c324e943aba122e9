"""Tests of portrait preparation."""
