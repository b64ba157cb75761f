"""A line of a diary before it is parted: spaces, digits, separators and amounts in one spelling.

People leave out spaces ("strides6x80m"), number what they did ("1) squat 2) lunge"), write numbers
as words and the weights of sets as a list ("3x8 (60, 65, 70 kg)"). Here all of that becomes what
`pieces` parts and `amounts` reads, so that neither has to know it.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import PART_OF_A_NAME
from runanalytics.movements.cells import side_word
from runanalytics.movements.diary_lines.columns import in_columns
from runanalytics.movements.diary_lines.elided import one_for_each, told_in_full
from runanalytics.movements.diary_lines.equipment import is_equipment, without_weights
from runanalytics.movements.diary_lines.headings import (
    with_rounds_alone,
    without_day,
    without_half_days,
    without_labels,
)
from runanalytics.movements.diary_lines.heights import with_heights
from runanalytics.movements.diary_lines.ladders import with_counts_at_weights, with_unloaded_first
from runanalytics.movements.diary_lines.languages import with_umlauts
from runanalytics.movements.diary_lines.numbered_sets import with_numbered_sets
from runanalytics.movements.diary_lines.numbers_in_words import (
    NO_NUMBERS,
    in_figures,
    numbers,
)
from runanalytics.movements.diary_lines.paces import with_jogs_as_rest, without_paces
from runanalytics.movements.diary_lines.pieces import (
    is_other,
    joining,
    joining_words,
    may_tell,
    places,
)
from runanalytics.movements.diary_lines.planned import as_done
from runanalytics.movements.diary_lines.sentences import with_sentences_parted
from runanalytics.movements.diary_lines.set_lists import counts_behind_name, one_by_one
from runanalytics.movements.diary_lines.set_loads import one_a_set, with_kilograms, with_units
from runanalytics.movements.diary_lines.sides import (
    of_each_side,
    with_as_many_on_either,
    with_sets_of_sides,
)
from runanalytics.movements.diary_lines.spoken_amounts import (
    holds_in_turn,
    often_over,
    run_apart,
    spoken_in_figures,
)
from runanalytics.movements.diary_lines.told_of_all import (
    as_between_sets,
    as_ladders,
    as_told_of_all,
)
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import lexicon, words
from runanalytics.movements.vocabulary import WHOLES, movement
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, every

#: What may be a weekday at the beginning of a line; words, as numbers are written in.
_BEGINNING = re.compile(r"^([^\W\d_]{2,11})\.?\s*(?::|\s[-–—]\s)\s*")
#: ... and those that no hyphen follows: "A-skips" are not one skip.
_WHOLE_WORDS = re.compile(r"[^\W\d_]+(?![^\W\d_]|-)")
#: "w/" is short for "with", as "w" is before a number; "w/u" is the warm-up, "w/o" is "without".
_WITH_BAR = re.compile(r"(?<!\w)(?:w/\s*(?=\w)(?![uo]\b)|(?<=\s)w\s+(?=\d))", re.IGNORECASE)
_WITHOUT_BAR = re.compile(r"(?<!\w)w/o(?:ut)?(?!\w)", re.IGNORECASE)
#: Signs and pictures that phones put in: "strides 👍".
_PICTURES = re.compile("[\u2190-\u21ff\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]+")
#: Exercises done in turn: "A1 squat 3x8 A2 lunge 3x10".
_IN_TURN = re.compile(r"(?:^|[\s,;/]+)(?:[A-F][1-4])\s*[).:]?\s+(?=[^\W\d_])")
#: "1) squat 3x8 2) lunge 3x10", "A) squat B) lunge", and "1. Squats ... 2. Lunges".
_LISTED = re.compile(
    r"(?:^|[\s,;]+)(?:\(?(?:\d|[a-fA-F])\)\s*|\d\.\s+|[A-F]\.\s+|[\dA-F]/\s+)(?=[^\W\d_]{2})"
)
#: Signs that stand between two parts as a comma does.
_SIGNS = re.compile(r"(?:^|\s+)(?:[•·▪→⇒|]|[-–—=]*>|//+)\s+(?=\w)")
#: "gym » squat 3x5 » lunges 3x8", and a bar that no space stands beside: "skips 3x25m/hops 2x5".
_GUILLEMET = re.compile(
    r"\s*»\s*|(?P<bar>(?<=[x×*]\d{2}m)|(?<=[x×*]\d{2})|(?<=[x×*]\d)|(?<=[x×*]\d\d\s[sm]))/(?=[^\W\d_]{4})"
)
#: "m.", "jew." and "c/" are short for "mit" and "con"; but "c/lado" is each side.
_MIT = re.compile(r"(?<=\s)m\.\s*(?=\d+(?:[.,]\d+)?\s*kg)|(?<=[^\W\d_]{2}\s)m\.\s+(?=[^\W\d_]{3})")
_JEWEILS = re.compile(r"(?<!\w)jew\.?(?=\s)", re.IGNORECASE)
#: Repetitions of each set, and behind a dash the weights of as many.
_REPS_DASH_LOADS = re.compile(
    r"(?<=[^\W\d_]\s)(\d{1,2}(?:\s?[/,-]\s?\d{1,2}){1,})\s+[-–—]\s+"
    r"(?=\d{2,3}(?:[.,]5)?(?:\s*[,/-]\s*\d{2,3}(?:[.,]5)?)+\s*(?:kg|lb))",
    re.IGNORECASE,
)
_CON = re.compile(
    r"(?<=\s)c/(?!(?:lado|pierna|brazo|pie)(?!\w))(?:\s+(?=\w)|(?=\d|[^\W\d_]{3}))", re.IGNORECASE
)
_ONE_LEG = re.compile(r"(?<!\w)s/l(?=\s+[^\W\d_])", re.IGNORECASE)
#: "D'une minute" and "d'1 min" are "de 1 min".
_STEPS = re.compile(
    r"(?<=[x×]\d)\s+pas(?=\s+(?:par|de chaque|chaque)\s+[^\W\d_]|\s*(?:$|[,;.]))"
    r"|(?<=[x×]\d\d)\s+pas(?=\s+(?:par|de chaque|chaque)\s+[^\W\d_]|\s*(?:$|[,;.]))"
)
_ELIDED_OF = re.compile(r"(?<!\w)d['’]\s?(?=\d|une?\s)", re.IGNORECASE)
#: A time of day that a line begins with: "6:30pm", "18h30", "7 Uhr".
_TIME_OF_DAY = re.compile(
    r"^(?:at\s+)?(?:\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|a\.m\.|p\.m\.|uhr)"
    r"|\d{1,2}:\d\d(?=\s+[^\W\d_][^,;:\d]*:\s)|(?:[4-9]|1\d|2[0-3])h(?:\d\d)?)"
    r"(?!\w)\s*[:,;–-]?\s*",
    re.IGNORECASE,
)
#: Seconds as two strokes, but in a clock's time; the height of a box may be in inches.
_STROKES = re.compile(r"(?<![\d.,:'′’])(\d{1,3})\s?(?:''|″|”|\")(?!\d) ?")
_ON_A_BOX = re.compile(r"box|step|jump|plyo|depth|drop|bench|platform", re.IGNORECASE)
_PARTED = re.compile(r"[,;]|\.\s")
#: "8 7 6" are sets, where nothing else may be meant.
_SPACED_NUMBERS = re.compile(
    r"(?:(?<=[^\W\d_]{3}\s)|(?<=\d\skg\s)|(?<=\dkg\s)|(?<=kg:\s))\d{1,2}(?:\s+\d{1,2}){2,}"
    r"(?=\s*(?:$|[,;+&(]|\.(?!\d)|[-–]\s)|\s+(?!(?:kgs?|lbs?|s|se[ckg]\w*|min\w*|[kc]?m)\b)[^\W\d_])"
)
#: "plank 45s 45s 30s", and "a skips b skips high knees".
_SPACED_QUANTITIES = re.compile(
    r"(?<=[^\W\d_]{3}\s)\d{1,3}(?P<unit>s|m|\"|'')(?:\s+\d{1,3}(?P=unit))+(?=\s*(?:$|[,;]))"
)
_SKIPS_IN_A_ROW = re.compile(r"(?<=[^\W\d_]{4})\s+(?=[abc][ -]skips?\b)", re.IGNORECASE)
#: "8x:20" and ":45" are seconds.
_COLON_SECONDS = re.compile(r"(?:(?<=[x×*@])|(?<=[x×*]\s)|(?<=\s)|^):([0-5]\d)(?![\d\w])")
#: "8@60kg/6@70kg".
_LOAD_OF_NEXT = re.compile(r"(kgs?|lbs?)\s*/\s*(?=\d{1,2}\s*@)", re.IGNORECASE)
_TWICE = re.compile(
    r"(?<!\w)(twice|thrice)(?!\s+(?:a\s|daily|per\s|weekly|each\s(?:day|week)))(?!\w)"
    r"(?:\s(?:round|around|through|over)(?=;))?",
    re.IGNORECASE,
)
#: "A minute's plank" is one of a minute.
_MINUTES_OF = re.compile(r"(?<!\w)(minutes?|seconds?)['’]s?\s+(?=[^\W\d_])", re.IGNORECASE)
_HALF = re.compile(r"(?<![\w/])1/2(?=\s+[^\W\d_]{3})")
#: "2 x 6 x 60 m" and "2 x (6 x 60 m)": series of runs.
_SERIES = re.compile(
    r"(?<![\w.,])(\d)\s*[x×*]\s*(?P<within>\()?\s*(\d{1,2})\s*[x×*]\s*"
    r"(?P<each>\d{2,3}\s?(?:m|met\w+|mèt\w+|mtr?s?|s|secs?|sek\w*|seg\w*|\"))(?!\w)(?(within)\s*\))",
    re.IGNORECASE,
)
#: "15 - 12 - 10" are sets, as "15-12-10" are.
_SPACED_DASHES = re.compile(
    r"(?<![\w.,/-])\d{1,3}(?:\s+[-–—/]\s+\d{1,3}){2,}(?!\w|[.,]\d|\s*[x×*])"
)
#: "Y raises" are no "and raises", and "as 5 x 20" tells how something was parted; "skip A 30 m x 2"
#: is no skip over 30 m; "d'1 minute".
_LETTERED = re.compile(r"(?<!\w)([YTW])\s+(?=[Rr]aises?(?!\w))")
_AS_SETS = re.compile(r"(?<=\w|[,)])\s+as\s+(?=\d{1,2}\s?[x×]\s?\d)(?!.*\bbs\b)")
_SKIP_A = re.compile(
    r"(?<!\w)(skip(?:ping)?s?\s+A)\s+(\d{1,3}\s?[ms])(?:\s*[x×]\s*(\d{1,2}))?(?!\w)", re.IGNORECASE
)
#: Where a space is missing: "strides6x80m", "3xsquats", "6strides", "plank60s", '45"x3'.
_NO_SPACE = re.compile(
    r"(?<=[^\W\d_]{3})(?=\d{1,2}[x×*]\s*\d)|(?<=\d[x×*])(?=[^\W\d_]{4})|(?<=\d)(?=[^\W\d_x×]{4})"
    r"|(?<=[^\W\d_]{3})(?=\d{1,3}\s?(?:s|secs?|mins?|m|kg)(?!\w))|(?<=\d[\"'″′”])(?=[x×*]\s*\d)"
    r"|(?<=\d)(?=(?:e/[sl]|ea|es)(?!\w))|(?<=\dkg|\dlb)(?=[x×*]\s*\d)"
)
#: "L / R".
_BOTH_SIDES = re.compile(r"(?<!\w)([^\W\d_]{1,4}\.?)\s+([/+&])\s+([^\W\d_]{1,4})(?!\w)")
#: "5x 100er Steigerung", "fliegende 30er", and Italian "1 minuto per 3".
_TENS = re.compile(r"(?<!\w)((?:[2-9]|[1-9]\d)0)er(?!\w|[- ](?:Sä|Seri|Blö|Päck))")
#: How long all of it took, behind what was counted.
_COUNTED_IN_A_TIME = re.compile(
    r"(?P<done>(?<![\w.,x×*])\d{1,3}\s+(?!km|mi|min)[^\W\d_]{3}[^\d,;:]*?)"
    r"\s+(?:for time|auf Zeit|in|en)\s*:?\s+"
    r"(?=(?:[5-9]|[1-5]\d):[0-5]\d\s*(?:min\w*)?\s*(?:$|[,;.(]))",
    re.IGNORECASE,
)
_PER = re.compile(r"(?<=[^\W\d_]\s)per\s+(?=\d{1,2}\s*(?:$|[,;.]))")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d)?")
#: "3x 1:15 min" is a time without its unit.
_CLOCK_WITH_UNIT = re.compile(
    r"(\d{1,2}:[0-5]\d)\s?min(?:\.|s|utes|uten|uti|utos)?(?!\w)", re.IGNORECASE
)
#: As many repetitions in two sets, "5-5".
_TWICE_AS_MANY = re.compile(r"(?<![\w.,/x×*:-])(\d{1,2})-\1(?![\w/.,:-])")
#: "3x12 a gamba", for each leg.
_A_LEG = re.compile(
    r"(?:(?<=\d)|(?<=\d\srip)|(?<=\d\srip\.)|(?<=ripetizioni)|(?<=\dkg)|(?<=\d\skg))\s+a\s+(?=(?:gamba|lato|braccio|piede|parte)(?![\w-]|\s+tes))",
    re.IGNORECASE,
)
#: What the patterns of some lines need, which take longer to make than to look for this: a number
#: behind another before a name, and three numbers with signs between them.
_NUMBER_BEHIND_ANOTHER = re.compile(
    r"(?<![\w.,])\d\s*(?:[x×*]\s*|(?:[^\W\d_]+\.?\s+){1,2})\d{1,2}\s+[^\W\d_]{4}"
)
_ONE_BEHIND_ANOTHER = re.compile(r"\d,?\s+[^\W\d_]{3,12}\s+\d{1,2},?\s+[^\W\d_]")
_SETS_WITH = re.compile(r"\d\s*[^\W\d_]{3,11}\.?\s+[^\W\d_]{2,4}\s+(?:[^\W\d_]{2,7}\s+)?\d")
_SETS_OF_NAME = re.compile(r"\d\s+[^\W\d_]{3,11}\.?\s+[^\W\d_][^\d,;:.+()]{5,60}\s\d")
_ONE_OF_ANOTHER = re.compile(r"\d\s+[^\W\d_]{1,3}\s+\d")
#: What a line is done with, and how heavy it is, before a dash: "kettlebell 16 kg - swings ...".
_WEIGHT_AHEAD = re.compile(
    r"^(?P<what>[^,;:+/]{0,30}?\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)[^,;:+/\d]{0,15}?)(?:\s*[-–—]|,)\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
#: "three 30-second planks" and "10-Sekunden-Sprints": the unit of an amount behind a hyphen.
_HYPHENED = re.compile(
    r"(?<![\w.,])(?P<amount>\d{1,3})-(?P<unit>se[ck]\w*|min\w*|met\w+|rep\w*|kilo\w*|pounds?|kg|lb|m|s)"
    r"(?:-|\s+)(?=[^\W\d_]{3}|(?:KH|KB|DB)s?(?!\w))",
    re.IGNORECASE,
)
#: "4 60 m strides": how often, and how far each time.
_TWO_NUMBERS = re.compile(
    r"(?<![\w.,/x×*@+-])(?<![x×*@+/]\s)(\d{1,2})\s+(?=\d{1,3}\s?(?:m|s|secs?|sek\w*|seconds?|met\w+|min)\s+[^\W\d_]{3})",
    re.IGNORECASE,
)
#: "2 or 3 sets", "8 to 10 reps".
_RANGE_IN_WORDS = re.compile(
    r"(?<![\w.,x×*/:-])(\d{1,2})\s+(?:or|to|oder|bis|ou|o|u|[àa](?=\s+\d+\s+(?:répé|secondes|ripe|second[io]|repe|segun)))"
    r"\s+(\d{1,2})(?=\s+[^\W\d_])(?!\s+(?:km|mi|m|am|pm|uhr)\b)"
)
#: What may be a word before its number, "sets 3": words between a sign and a number.
_A_LABEL = re.compile(r"[,;:]\s[^\d,;]+\d{1,3}\s*(?:$|[,;])")
#: What a line begins with, and a dash behind it.
_HEAD = re.compile(r"^([^\W\d_][^,;:+\d]{1,30}?)\s+[-–—]\s+(?=[^\W\d_])")
#: A word that may be one of a name, and what ends a name.
_A_NAME = re.compile(r"[^\W\d_]{4}")
_NO_LETTERS = re.compile(r"[,;:/+()\d]")
#: A remark in brackets behind a group: "4x (squats 10, dips 8) (legs heavy)".
_BESIDE_A_GROUP = re.compile(
    r"([,;+/&][^()]*\)(?:\s*[x×]\s*\d{1,2})?)\s*\((?![^()]*\d\s?(?:kg|lb))([^(),;+/&]+)\)\s*$"
)
#: A word beside others, and the most words of a name that a number stands before, and of any.
_WORD, _MOST_WORDS, _LONGEST_NAME = re.compile(r"[^\W\d_][^\W\d_'’-]*"), 4, 9


def tidied(text: str) -> str:
    """Return a line without its weekday, with spaces and digits where they belong.

    Examples
    --------
    >>> tidied("Tue: two sets of squats, strides6x80m")
    '2 sets of squats, strides 6x80m'
    >>> tidied("squats 8/6 @ 60/70 kg, plank 60/45/30 s")
    'squats 60 kg x 8, 70 kg x 6, plank 60 s, 45 s, 30 s'
    >>> tidied("HEP day 4: bird dogs 10 each side x 3")
    'bird dogs 3x10 each side'
    """
    if "x" in text:
        text = _TIMES_MAX.sub(r"\1x ", text)
    if text.count(":") > 1 and text.split(":")[0].strip(" .").casefold() in _weekdays():
        text = _later_day().sub("", text)
    if may_tell(text, "to_failure"):
        text = _to_failure().sub(_in_open_sets, text)
    text = as_between_sets(with_numbered_sets(in_columns(with_umlauts(text))))
    line = _in_one_spelling(
        one_for_each(as_done(without_labels(without_half_days(as_ladders(text)))))
    )
    return with_rounds_alone(as_told_of_all(told_in_full(often_over(run_apart(line)))))


@cache
def _later_day() -> re.Pattern[str]:
    """Return the pattern of another day of a line of several: "Mon: ... Wed: ..."."""
    return re.compile(rf"(?<=[.;]\s)(?:{alternatives(_weekdays())})\.?\s?:\s+", re.IGNORECASE)


#: "Pull-ups 3xmax"
_TIMES_MAX = re.compile(r"(?<![\w.,])(\d{1,2})[x×](?=(?:m[aá]x|amrap)(?!\w))", re.IGNORECASE)


@cache
def _to_failure() -> re.Pattern[str]:
    """Return the pattern of as many as one can: "bis nichts mehr ging", "hasta no poder más"."""
    of_sets = alternatives(amount_words()["sets"])
    sets = rf"(?<![\w.,])(?P<sets>\d{{1,2}})\s*(?:[x×]|(?P<word>{of_sets}))\s+"
    return re.compile(rf"(?:{sets})?(?<!\w)(?:{joining('to_failure')})(?!\w)", re.IGNORECASE)


def _in_open_sets(found: re.Match[str]) -> str:
    of_sets = f"{found['sets']} {found['word'] or 'sets'}, " if found["sets"] else ""
    return f"{of_sets}to failure"


def _in_one_spelling(text: str) -> str:
    spaced = with_jogs_as_rest(_spaced(without_paces(with_heights(text))))
    spaced = with_counts_at_weights(with_unloaded_first(with_units(spaced)))
    spaced = without_weights(spaced)
    if _ONE_BEHIND_ANOTHER.search(spaced):
        spaced = _then_in_a_row().sub(lambda one: ",".join(_NUMBER.findall(one[0])), spaced)
    if ":" in spaced:
        spaced = _CLOCK_WITH_UNIT.sub(r"\1", spaced)
        spaced = counts_behind_name(spaced)
    if (day := _BEGINNING.match(spaced)) and day[1].casefold() in _weekdays():
        spaced = spaced[day.end() :]
    spaced = _TIME_OF_DAY.sub("", spaced)
    if any(map(str.isdigit, spaced)):
        unscaled = _scales().sub(" ", spaced) if "10" in spaced else spaced
        spaced = unscaled.strip(" ,;") or spaced
    spaced = without_day(spaced)
    if "," in spaced and (behind := _times_behind().fullmatch(spaced)):
        spaced = f"{behind['sets']}x{behind['reps']} {behind['name']}"
    if into := _into().search(spaced):
        spaced = f"{spaced[: into.start('into')]}, {into['sets']}x{spaced[into.end('into') :]}"
    spaced = with_sets_of_sides(spaced)
    spaced = holds_in_turn(_and_in_a_row().sub(_in_a_row, spaced))
    spaced = _as_sets(spaced)
    spaced = _RANGE_IN_WORDS.sub(r"\1-\2", spaced)
    spaced = _series().sub(lambda one: f"{int(one[1]) * int(one[2])}x", spaced)
    if _NUMBER_BEHIND_ANOTHER.search(spaced):
        spaced = _sets_of_runs().sub(_as_one_number, spaced)
        spaced = _of_each_set().sub(r"\1\2x\3 ", spaced)
    if _ONE_OF_ANOTHER.search(spaced):
        spaced = _sets_of_each().sub(r"\1x\2", spaced)
    if (ahead := _WEIGHT_AHEAD.match(spaced)) and is_equipment(ahead["what"]):
        spaced = f"{ahead['what']}: {spaced[ahead.end() :]}"
    if (headed := _HEAD.match(spaced)) and headed[1].casefold() in places():
        spaced = f"{headed[1]}: {spaced[headed.end() :]}"
    if ":" in spaced:
        spaced = _COUNTED_IN_A_TIME.sub(r"\g<done>; ", spaced)
    spaced = with_sentences_parted(spaced)
    if "(" in spaced:
        spaced = _BESIDE_A_GROUP.sub(r"\1; \2", spaced)
        spaced = _rounds_in_brackets().sub(r"\1 \2: ", spaced)
        spaced = _sets_of_a_group().sub(r"\1x", spaced)
    if ":" not in spaced:
        spaced = _rounds_of_counts().sub(_headed_rounds, spaced)
    if spaced[:1].isdigit():
        spaced = _each_of().sub(r"\1: ", spaced)
    spaced = one_a_set(_rest_named().sub("rest ", spaced) if ":" in spaced else spaced)
    said = _WHOLE_WORDS.findall(spaced.casefold())
    if "-" in spaced or _TWO_NUMBERS.search(spaced):
        spaced = _TWO_NUMBERS.sub(r"\1x", _HYPHENED.sub(r"\g<amount> \g<unit> ", spaced))
    if numbers().keys().isdisjoint(said) and not any(map(_times_in_a_word().match, said)):
        return spaced  # as most lines: the patterns take longer than all else
    counted = _counted().sub(lambda one: f"{numbers()[one[0].casefold()]}", spaced)
    counted = _counted_before_a_name().sub(
        lambda one: f"{one[1]}{numbers()[one[2].casefold()]}", counted
    )
    counted = _RANGE_IN_WORDS.sub(r"\1-\2", _number_in_words().sub(_in_digits, counted))
    counted = with_sets_of_sides(counted)
    counted = _as_sets(counted)
    counted = one_a_set(_of_each_set().sub(r"\1\2x\3 ", counted))
    return _TWO_NUMBERS.sub(r"\1x", _HYPHENED.sub(r"\g<amount> \g<unit> ", counted))


@cache
def _and_in_a_row() -> re.Pattern[str]:
    """Return the pattern of "12, 10 and 8 reps", which are the repetitions of as many sets."""
    reps = alternatives(amount_words()["repetitions"])
    return re.compile(
        rf"(?<![\w.,x×*/])(?P<each>\d{{1,3}}(?:,\s*\d{{1,3}})*,?\s+(?:{joining('and')})\s+\d{{1,3}})"
        rf"(?=\s*(?P<unit>(?:{reps})(?!\w))|\s*(?:$|[;/(&+]|\.(?!\d))|,\s+(?:[^\W\d_]{{3}}|\d{{1,2}}\s*[x×])"
        rf"|\s+(?:{joining('and')}|{joining('then')})\s)",
        re.IGNORECASE,
    )


def _in_a_row(found: re.Match[str]) -> str:
    reps = _NUMBER.findall(found["each"])
    if len(reps) > 2:
        return ",".join(reps)
    return (
        ", ".join((*(f"{each} {found['unit']}" for each in reps[:-1]), reps[-1]))
        if found["unit"]
        else found[0]
    )


@cache
def _series() -> re.Pattern[str]:
    """Return the pattern of "2 sets of 5x60 m", which are ten."""
    known = amount_words()
    sets, of = alternatives(known["sets"]), alternatives(known["of"])
    unit = alternatives((*known["metres"], *known["seconds"]))
    return re.compile(
        rf"(?<![\w.,])(\d)\s*(?:{sets})\s+(?:(?:{of})\s+)?(\d{{1,2}})\s*[x×*]\s*"
        rf"(?=\d{{1,3}}\s?(?:{unit})(?!\w))",
        re.IGNORECASE,
    )


def _in_digits(found: re.Match[str]) -> str:
    """Return a number in words in digits, where a name or the end of an amount is beside it."""
    if found[0].casefold() in NO_NUMBERS and not _counts(found):
        return found[0]
    number = f"{numbers()[found[0].casefold()]}"
    first = next(iter(_WORD.findall(found.string[found.end() :])), "").casefold()
    if found.string.startswith(" ", found.end()) and first in amount_words()["dumbbells"]:
        return number  # "two dumbbells of 10 kg"
    if found.string[: found.start()].casefold().endswith(_before_repetitions()):
        return number
    if re.match(
        r"\s(?:(?:or|to|oder|bis|ou|o|at|à|a|bei|mit|con|with|avec)\s)?\d",
        found.string[found.end() :],
    ):
        return number  # "two 8 kg dumbbells"
    if found.string[found.end() :].casefold().startswith(_pieces_behind()):
        return number  # "falling starts, six of them"
    behind = _WORD.findall(found.string[found.end() :].split(",")[0])[:_MOST_WORDS]
    known = found.string[found.end() : found.end() + 1] == " " and any(
        named_exactly(" ".join(behind[:n_words]), far=True) for n_words in range(1, len(behind) + 1)
    )
    return number if known else found[0]


def _counts(found: re.Match[str]) -> bool:
    """Return whether "dos" is Spanish for two: "y dos planchas", but not "tirage dos"."""
    before, behind = found.string[: found.start()].split(), found.string[found.end() :].split()
    joins = joining_words("and") | joining_words("then") | joining_words("with")
    begins = not before or before[-1][-1] in ",;:+&" or before[-1].casefold() in joins
    of_each = len(behind) > 1 and behind[0] == "de" and behind[1].isdigit()  # "y dos de 15 ..."
    return begins and bool(behind) and (of_each or behind[0].rstrip(",.;").endswith("s"))


@cache
def _number_in_words() -> re.Pattern[str]:
    sure = (word for word in numbers() if numbers()[word] > 1)
    return re.compile(
        rf"(?<=\s)(?:{alternatives(sure)})(?![\w-])(?!\s+(?:{PART_OF_A_NAME})s?\b)", re.IGNORECASE
    )


@cache
def _of_each_set() -> re.Pattern[str]:
    """Return the pattern of "3 of 12 squats", which are sets though nobody says so."""
    return re.compile(
        rf"(^|[,;+&:]\s*|(?<=\s)(?:{joining('and')}|{joining('then')})\s+)(\d)\s+(?:of|von|zu|je|mit|da|de|di|à)\s+"
        rf"(\d{{1,2}})\s+(?!(?:{joining('then')})\s)(?=[^\W\d_]{{4}}|[^\W\d_]{{1,3}}-[^\W\d_])",
        re.IGNORECASE,
    )


def _as_sets(text: str) -> str:
    """Return "3 sets with 10 reps of squats" and "3 sets of squats with 10 each" as 3x10 squats."""
    if _SETS_WITH.search(text):
        text = _sets_with().sub(r"\1x\2 ", text)
    return _sets_of_name_with().sub(_sets_first, text) if _SETS_OF_NAME.search(text) else text


def _sets_first(found: re.Match[str]) -> str:
    return f"{found['sets']}x{found['each']} {found['name']}"


@cache
def _sets_of_name_with() -> re.Pattern[str]:
    """Return the pattern of "3 sets of lunges with 10 per leg", but not of "... with 10"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"]))
    rest = alternatives((*known["rest"], *known["between"]))
    sides = alternatives(known["each_side"])
    return re.compile(
        rf"(?<![\w.,])(?P<sets>\d{{1,2}})\s+(?:{alternatives(known['sets'])})\.?\s+"
        rf"(?:(?:{alternatives(known['of'])})\s+)?(?P<name>[^\W\d_][^\d,;:.+()]{{2,40}}?)"
        rf"\s+(?:(?:{joining('with')})\s+(?P<je>(?:{joining('each')})\s+)?"
        r"|(?P<zu>(?:je|jeweils|zu je|à)\s+))"
        rf"(?P<each>\d{{1,3}}"
        rf"(?P<unit>\s?(?:{unit})(?![\w'])(?!\.?\s+(?:[^\W\d_]+\s+)?(?:{rest})(?!\w)))?)"
        rf"(?P<reps>\s+(?:{alternatives(known['repetitions'])})(?!\w))?"
        rf"(?=(?:(?(je)|(?(zu)|(?(unit)|(?(reps)|(?!)))))\s*(?:$|[,;.)]))|\s+(?:{joining('each')}|{sides})(?!\w))",
        re.IGNORECASE,
    )


@cache
def _sets_with() -> re.Pattern[str]:
    """Return the pattern of "3 sets with 10 reps of", but not of "3 sets with 60 s rest"."""
    known = amount_words()
    of = alternatives(word for word in known["of"] if len(word) > 1)
    unit = alternatives((*known["seconds"], *known["metres"], *known["minutes"]))
    rest = alternatives((*known["rest"], *known["between"]))
    weight = alternatives((*known["kilograms"], *known["pounds"], *known["minutes"]))
    rounds = {each.casefold() for each in joining_words("rounds_ahead")}
    sets = alternatives(each for each in known["sets"] if each.casefold() not in rounds)
    return re.compile(
        rf"(?<![\w.,])(\d{{1,2}})\s*(?:{sets})\.?\s+(?:{joining('with')})\s+"
        rf"(?:(?:{joining('each')})\s+)?(\d{{1,3}})\s*(?:(?:{alternatives(known['repetitions'])})(?!\w)\.?"
        rf"(?:\s+(?:{of})(?=\s+[^\W\d_]{{3}}))?|(?=(?:{unit})(?!\w|\.?\s*(?:{rest})))"
        rf"|(?=$|[,;.)]|(?!(?:{weight}|{unit})(?!\w))[^\W\d_]{{3}}))\s*",
        re.IGNORECASE,
    )


@cache
def _sets_of_each() -> re.Pattern[str]:
    """Return the pattern of "3 of 10" behind a name, and "8 of 10 s", which are sets."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"], *known["minutes"]))
    side = alternatives(known["each_side"])
    return re.compile(
        rf"(?:^|(?<=[^\W\d_]{{3}}\s)|(?<=[:,–-]\s)|(?<=\dkg\s)|(?<=\dkg:\s)|(?<=\d\skg\s)"
        rf"|(?<=\s[ey]\s)|(?<=\set\s)|(?<=\s[au]nd\s)|(?<=\())"
        rf"(\d{{1,2}})\s+(?:of|von|zu|je|da|de|di|à)\s+(\d{{1,3}})(?=\s*(?:{unit})(?!\w)|\s*(?:$|[,;.(])"
        rf"|\s+(?:{joining('each')}|{joining('both')})(?!\w)"
        rf"|\s*@|\s+(?:a|à|at|bei|{joining('with')})\s+\d|\s+(?:{side})(?!\w))",
        re.IGNORECASE,
    )


@cache
def _then_in_a_row() -> re.Pattern[str]:
    """Return the pattern of "5 then 4 then 3", which are the repetitions of as many sets."""
    return re.compile(
        rf"(?<![\w.,x×*/-])\d{{1,2}}(?:,?\s+(?:{joining('then')})\s+\d{{1,2}}){{2,}}"
        rf"(?=\s*(?:$|[,;.:])|\s+(?:{joining('each')}|{joining('each_of')})(?!\w))",
        re.IGNORECASE,
    )


@cache
def _sets_of_runs() -> re.Pattern[str]:
    """Return the pattern of "2 sets of 4 strides" and "2x4 strides", which are eight."""
    known = amount_words()
    sets, of = alternatives(known["sets"]), alternatives(known["of"])
    return re.compile(
        rf"(?<![\w.,])(?P<sets>\d)\s*(?:[x×*]|(?:{sets})\.?\s+(?:{of})(?=\s))\s*(?P<each>1[0-2]|\d)\s+"
        r"(?=[^\W\d_]{4})",
        re.IGNORECASE,
    )


def _as_one_number(found: re.Match[str]) -> str:
    """Return how often something was run in all, if it is a sprint or stride."""
    name = _NO_LETTERS.split(found.string[found.end() :])[0]
    ends = [word.end() for word in _WORD.finditer(name)][:_LONGEST_NAME]
    names = (named_exactly(name[:end].strip()) for end in reversed(ends))
    run = next(filter(None, names), None)
    is_run = run is not None and movement(run).is_fast_run
    return f"{int(found['sets']) * int(found['each'])} " if is_run else found[0]


def _headed_rounds(found: re.Match[str]) -> str:
    """Return rounds behind a heading, but not the sets of an exercise: "squats 3 sets of 5 ..."."""
    named = named_exactly(found[1])
    counted = named is not None and named not in WHOLES and not is_other(named)
    return found[0] if counted else f"{found[1]} {found[2]}: "


@cache
def _before_repetitions() -> tuple[str, ...]:
    """Return what ends before the repetitions of sets: "3 sets of " five, "70 kg for " five."""
    known = amount_words()
    before = (*known["sets"], *known["kilograms"], *known["pounds"])
    return tuple(f"{word} {of} " for word in before for of in known["of"] if len(of) > 1)


@cache
def _pieces_behind() -> tuple[str, ...]:
    return tuple(f" {word}" for word in amount_words()["pieces"])


@cache
def _times_behind() -> re.Pattern[str]:
    """Return the pattern of "20 heel raises each leg, 3 times", which are three sets."""
    return re.compile(
        r"(?P<reps>\d{1,3})\s+(?P<name>[^\W\d_][^\d,;+&]*),\s*(?P<sets>\d{1,2})\s*"
        rf"(?:{alternatives(amount_words()['times'])})",
        re.IGNORECASE,
    )


@cache
def _into() -> re.Pattern[str]:
    """Return the pattern of "high knees 3x20 m into 20 m sprint": each set goes on as the other."""
    return re.compile(
        r"(?<![\w.,])(?P<sets>\d{1,2})\s*[x×*]\s*\d{1,3}\s?m(?!\w)[^,;+&\d]*?"
        rf"(?P<into>\s+(?:{alternatives(every('diary.into'))})\s+)(?=\d{{1,3}}\s?m(?!\w))",
        re.IGNORECASE,
    )


@cache
def _side_behind() -> re.Pattern[str]:
    """Return the pattern of a side behind a bar, "/leg", or of sets and repetitions."""
    known = amount_words()
    words_behind = [word.lstrip("/ ") for word in known["each_side"]]
    words_behind += [*known["repetitions"], *known["sets"], *known["seconds"]]
    return re.compile(rf"(?:{alternatives(words_behind)})(?!\w)", re.IGNORECASE)


def _separator(found: re.Match[str]) -> str:
    """Return the sign for "»": a colon behind a heading, else a semicolon."""
    if found.group("bar") is not None:
        # "3x8/leg" is one.
        behind = found.string[found.end() :].casefold()
        return found[0] if _side_behind().match(behind) else "; "
    before = found.string[: found.start()]
    is_heading = not any(map(str.isdigit, before)) or _ends_with_rounds().search(before)
    return ": " if is_heading and not set("»:,;").intersection(before) else "; "


@cache
def _ends_with_rounds() -> re.Pattern[str]:
    """Return the pattern of a heading of rounds: "circuit 3 rounds", "circuit x3"."""
    return re.compile(
        rf"^[^\d]*(?:\d{{1,2}}\s*(?:{joining('rounds')})|[x×*]\s?\d{{1,2}})$", re.IGNORECASE
    )


def without_weekday(text: str) -> str:
    """Return a text without a weekday, or its short form, as its first word.

    Examples
    --------
    >>> without_weekday("Mo Kraft")
    'Kraft'
    """
    day, _, behind = text.partition(" ")
    return behind if behind and day.rstrip(".,").casefold() in _weekdays() else text


def _spaced(text: str) -> str:
    """Return a line with the spaces that are missing, and without what numbers its exercises."""
    text = _SIGNS.sub("; ", text).lstrip("; ")
    if "»" in text or "/" in text:
        text = _GUILLEMET.sub(_separator, text)
    text = _WITHOUT_BAR.sub("without", text)
    text = _WITH_BAR.sub("with ", text if text.isascii() else _PICTURES.sub(" ", text).strip())
    text = _ELIDED_OF.sub("de ", _STEPS.sub("", text) if " pas" in text else text)
    text = _MIT.sub("mit ", text)
    if "/" in text:
        text = _ONE_LEG.sub("sl", _CON.sub("con ", text))
    text = _SKIP_A.sub(lambda one: f"{f'{one[3]}x' if one[3] else ''}{one[2]} {one[1]}", text)
    text = _AS_SETS.sub(" ", text) if " as " in text else text
    text = _LETTERED.sub(r"\1-", text) if "aise" in text else text
    text = _STROKES.sub(_seconds, text).replace(" s . ", " s. ")
    if ":" in text:
        text = _COLON_SECONDS.sub(r"\1 s", text)
    if "@" in text:
        text = _LOAD_OF_NEXT.sub(r"\1, ", text)
    text = _MINUTES_OF.sub(r"\1 ", text)
    text = _TWICE.sub(lambda found: "2 times" if found[1][1] in "wW" else "3 times", text)
    text = one_by_one(of_each_side(spoken_in_figures(in_figures(text))))
    if _A_LABEL.search(text):
        text = _labelled().sub(r"\g<number> \g<label>", text)
    text = _HALF.sub("half", text) if "1/2" in text else text
    text = _SERIES.sub(lambda found: f"{int(found[1]) * int(found[3])}x{found['each']}", text)
    text = _SPACED_NUMBERS.sub(lambda found: ",".join(_NUMBER.findall(found[0])), text)
    text = _SPACED_QUANTITIES.sub(lambda found: found[0].replace(" ", ", "), text)
    if "skip" in text.casefold():
        text = _SKIPS_IN_A_ROW.sub(", ", text)
    text = _REPS_DASH_LOADS.sub(r"\1: ", _JEWEILS.sub("jeweils", text))
    text = _SPACED_DASHES.sub(lambda found: "-".join(_NUMBER.findall(found[0])), text)
    text = with_as_many_on_either(_BOTH_SIDES.sub(_without_spaces, text))
    text = _TWICE_AS_MANY.sub(r"2x\1", _A_LEG.sub(" per ", _PER.sub("x ", text)))
    text = with_kilograms(text)
    if _TENS.search(text) and lexicon().loads.isdisjoint(words(text)):
        text = _tens_of_a_box().sub(r"\1 cm ", text)
        text = _TENS.sub(r"\1 m", text)  # "mit 20er Kettlebell" is a weight
    for numbered in (_IN_TURN, _LISTED):
        # "5 sets of 3. Broad jumps: ..." is no list.
        listed = numbered.findall(text)
        if len(listed) > 1 and (numbered is _IN_TURN or listed[0].strip(" ,;(")[0] in "1aA"):
            text = numbered.sub("; ", text).replace(":; ", ": ").lstrip("; ")
    return _NO_SPACE.sub(" ", text)


def _seconds(found: re.Match[str]) -> str:
    """Return seconds for strokes, but where a box may be so many inches high."""
    behind = _PARTED.split(found.string[found.end() :], maxsplit=1)[0]
    before = _PARTED.split(found.string[: found.start()])
    is_named = _A_NAME.search(f"{before[-1]} {behind}") is not None
    beside = " ".join((*before[-1 if is_named else -2 :], behind))
    return found[0] if _ON_A_BOX.search(beside) else f"{found[1]} s "


@cache
def _tens_of_a_box() -> re.Pattern[str]:
    """Return the pattern of how high a box is, "vom 40er Kasten"."""
    box = alternatives(every("circumstances.supports.box"))
    return re.compile(rf"(?<!\w)([2-9]0)er[\s-]+(?={box})", re.IGNORECASE)


@cache
def _labelled() -> re.Pattern[str]:
    """Return the pattern of "sets 3, reps 15": the word before its number."""
    known = amount_words()
    words_of_sets = alternatives((*known["sets"], *known["repetitions"]))
    return re.compile(
        rf"(?<=[,;:]\s)(?P<label>{words_of_sets})\s*[:=]?\s*(?P<number>\d{{1,3}})(?=\s*(?:$|[,;]))",
        re.IGNORECASE,
    )


def _without_spaces(found: re.Match[str]) -> str:
    joined = f"{found[1]}{found[2]}{found[3]}"
    sides = {side_word(found[1]), side_word(found[3])}
    return joined if sides == {"left", "right"} else found[0]


@cache
def _rounds_in_brackets() -> re.Pattern[str]:
    """Return the pattern of "circuit (3 rounds) squats 15, ..."."""
    return re.compile(
        rf"^([^\W\d_]+(?:\s[^\W\d_]+)?)\s*\((\d{{1,2}}\s*(?:{joining('rounds')})|[x×]\s*\d{{1,2}})\)\s*:?\s*"
        r"(?=\w)",
        re.IGNORECASE,
    )


@cache
def _sets_of_a_group() -> re.Pattern[str]:
    """Return the pattern of sets before brackets, "2 séries de (10 squats + 10 fentes)"."""
    known = amount_words()
    often = alternatives((*known["sets"], *known["times"]))
    return re.compile(
        rf"(?<![\w.,])(?<![x×]\s)(\d{{1,2}})\s*(?:{often})"
        rf"(?:\s+(?:{alternatives(known['of'])}))?\s*:?\s*"
        rf"(?=[(\[](?![^()\d]*\)\s*:)[^()]*(?:[,;+/&]|\s(?:{joining('and')})\s))",
        re.IGNORECASE,
    )


@cache
def _rounds_of_counts() -> re.Pattern[str]:
    """Return the pattern of "circuito 3 giri 10 squat 10 affondi", where a colon is left out."""
    return re.compile(
        rf"^([^\W\d_]+(?:\s[^\W\d_]+)?)\s+(\d{{1,2}}\s*(?:{joining('rounds')}))\s+(?=\d{{1,3}}\s+[^\W\d_]{{3}})",
        re.IGNORECASE,
    )


@cache
def _scales() -> re.Pattern[str]:
    """Return the pattern of what was felt on a scale up to ten: "(pain 2/10)"."""
    return re.compile(
        rf"[\s,;]*\(?(?<!\w)(?:{alternatives(every('diary.scale'))})\s*[:=]?\s*\d{{1,2}}\s*"
        r"(?:/|von|out of|of|sur|su|de)\s*10\)?",
        re.IGNORECASE,
    )


@cache
def _each_of() -> re.Pattern[str]:
    """Return the pattern of sets of what follows, "4x20 m each of A-skips, B-skips"."""
    # "4x15 each side" is no list of what follows.
    sides = {word for each in amount_words()["each_side"] for word in each.split()[1:]}
    unit = alternatives((*amount_words()["metres"], *amount_words()["seconds"]))
    return re.compile(
        rf"^((?:\d{{1,2}}\s*[x×*]\s*\d{{1,3}}\s*[^\W\d_]{{0,4}}|\d{{1,3}}\s?(?:{unit}))"
        rf"\s+(?:{joining('each_of')}))\s+"
        rf"(?!(?:{alternatives(sides)})(?!\w)|[x×]\s?\d)(?=\D)",
        re.IGNORECASE,
    )


@cache
def _rest_named() -> re.Pattern[str]:
    """Return the pattern of a rest with a colon, "P: 90 s", which is no heading."""
    rest = sorted({*amount_words()["rest"], "p", "r"}, key=len, reverse=True)
    named = "|".join(re.escape(word.rstrip(".:")) for word in rest)
    none = "".join(
        rf"(?<!\b{word}\s)" for word in ("sans", "ohne", "senza", "sin", "no", "without")
    )
    return re.compile(rf"(?<=[\s(,;]){none}(?:{named})\.?\s*:\s*(?=\d)", re.IGNORECASE)


@cache
def _weekdays() -> frozenset[str]:
    tables = words_of("weekdays").values()
    return frozenset(
        name for days in tables for each in days.values() for name in re.split(r"[ |]", each)
    )


@cache
def _times_in_a_word() -> re.Pattern[str]:
    """Return the pattern of "zweimal", which is "zwei mal"."""
    return re.compile(rf"(?:{'|'.join(numbers())})(?:{'|'.join(amount_words()['times'])})$")


@cache
def _counted() -> re.Pattern[str]:
    """Return the pattern of a number in words before what it counts: "two sets", "une heure"."""
    known = amount_words()
    kinds = (
        *("sets", "repetitions", "times", "minutes", "hours", "seconds", "pieces"),
        *("metres", "kilometres", "miles", "kilograms", "pounds"),
    )
    units = {word for kind in kinds for word in known[kind] if len(word) > 1 and word.isalpha()}
    counted = "|".join(sorted((*map(re.escape, units), joining("rounds")), key=len, reverse=True))
    said = alternatives(numbers())
    # "Gambe a pezzi" is no English "a", nor are "A marches".
    pieces = rf"(?!a\s+(?:{alternatives(known['pieces'])}|march\w*|skips?)(?!\w))"
    return re.compile(
        rf"(?<!\w){pieces}(?:{said})(?=['’]?[\s-]*(?:{counted})(?!\w))", re.IGNORECASE
    )


def _before_a_number() -> str:
    return "|".join(joining(kind) for kind in ("and", "then", "with", "little"))


@cache
def _counted_before_a_name() -> re.Pattern[str]:
    """Return the pattern of a number in words before a name, but "two-leg" and "un po'"."""
    sure = (word for word in numbers() if numbers()[word] > 1 and word not in NO_NUMBERS)
    return re.compile(
        rf"(^|[,;+&:]\s*|(?<!\w)(?:{_before_a_number()}|of|de|da|di|à|zu)\s+)"
        rf"({'|'.join(sorted(sure, key=len, reverse=True))})"
        rf"(?=\s+(?!(?:{PART_OF_A_NAME})s?\b)[^\W\d_]{{3}})",
        re.IGNORECASE,
    )
