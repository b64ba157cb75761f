"""Write what is shipped of all names and words: `python -m runanalytics.movements`."""

from runanalytics.movements import texts  # noqa: F401 - it has sets of words
from runanalytics.movements.diary_lines import unread  # noqa: F401 - and it, too
from runanalytics.movements.index import write_index
from runanalytics.movements.word_sets import write_word_sets
from runanalytics.words import write_shipped

write_shipped()
write_index()
write_word_sets()
