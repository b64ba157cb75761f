"""FIT, the format of running watches: `decode` gives its messages, `FIT` a runner's tables."""

from runanalytics.importers.fit.decoder import FitFile, decode
from runanalytics.importers.fit.messages import FIT
from runanalytics.importers.fit.profile import profile_version

__all__ = ["FIT", "FitFile", "decode", "profile_version"]
