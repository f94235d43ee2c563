"""The version of the product as it is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def product_version() -> str:
    """For example "0.1.0"; "0" in a source tree that is not installed."""
    try:
        return version("ridealong")
    except PackageNotFoundError:
        return "0"
