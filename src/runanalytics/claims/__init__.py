"""Claims about training and form: the model of a claim, those of the sources, and a reader."""

from __future__ import annotations

from runanalytics.claims.model import EXPECTATIONS, OTHER_DOSES, OUTCOMES, Claim, claims
from runanalytics.claims.reader import read_claims

__all__ = ["EXPECTATIONS", "OTHER_DOSES", "OUTCOMES", "Claim", "claims", "read_claims"]
