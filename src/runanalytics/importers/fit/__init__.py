"""FIT, the format of running watches: `decode` gives a file's messages, `FIT` imports it."""

from runanalytics.importers.fit.codec.decoder import FitFile, decode
from runanalytics.importers.fit.codec.profile import profile_version
from runanalytics.importers.fit.importer import FIT

__all__ = ["FIT", "FitFile", "decode", "profile_version"]
