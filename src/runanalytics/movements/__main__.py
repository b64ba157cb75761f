"""Write what is shipped of all names and words: `python -m runanalytics.movements`."""

from runanalytics.movements import texts, unread  # noqa: F401 - they have sets of words
from runanalytics.movements.index import write_index
from runanalytics.movements.word_sets import write_word_sets
from runanalytics.words import write_shipped

write_shipped()
write_index()
write_word_sets()
