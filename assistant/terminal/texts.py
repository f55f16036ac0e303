"""Every sentence of the full-screen assistant, in one place, so that it can be read as a whole and translated.

Words in braces are filled in by :func:`str.format`.
"""

from __future__ import annotations

TITLE = "keras-triage"

GREETING = "I run {program} up to its call of fit, then look at what it would train on."
GREETING_TRUST = (
    "Your code trains nothing beyond that point, I write nothing into your folder, and nothing leaves this machine."
)
GREETING_BUNDLE = "I lead the dialogue on {program}: what was measured where the program is answers for it."
GREETING_BUNDLE_TRUST = (
    "Nothing is run here. What only the program could tell becomes a message to your user; /merge takes what they send."
)
GREETING_RESUME = "This is session {session}, as you left it. I start {program} again only when a probe needs it."
GREETING_READING = (
    "This session is in use by {holder}. You are reading it: what comes in there shows here, and nothing can be added. "
    "Causes can be asked about, notes kept, and /report writes down what is known so far."
)
READING_ONLY = "Another process goes on with this session; here it can only be read."
READING_FREE = "Nobody goes on with this session any more. Shall I take it up here?"
READING_FREE_WHY = "The program starts again only when a probe needs it."
READING_YES = "Yes, go on with it here"
READING_NO = "No, I only read it"

ASK_SYMPTOM = "What do you see?"
ASK_SYMPTOM_WHY = "It decides what I look at first. If you are not sure, I watch a short training and name it myself."
ASK_WHICH = "Which of these is closer?"
ASK_WHICH_WHY = "I could not tell what “{text}” means."
NEITHER = "Neither"

PLACEHOLDER = "Say what you see, or / for commands"
PLACEHOLDER_NARROW = "Say what you see"
PLACEHOLDER_FINISHED = "Ask about a cause, or / for commands"

NOT_SURE = "not sure"
SKIP = "skip"
WHY = "why?"
BACK = "back"

STATUS = {"proven": "proven", "likely": "likely", "possible": "possible", "ruled_out": "ruled out"}
MARK = {"good": "fine", "notable": "stands out", "bad": "failed", "unknown": "unknown", "quiet": "noted"}
BY = {
    "probe": "probe",
    "person": "you",
    "skipped": "skipped",
    "unknown": "unknown",
    "to_come": "to come",
    "now": "asking",
    "heading": "",
}

CARD_WHY = "Why I think so"
CARD_REMEDY = "What to do"
CARD_OTHER_REMEDIES = "Or"
CARD_MORE = "what it is, what looks alike, sources"
CARD_MORE_REASONS = "why, what to do, sources"
CARD_FOLD = "less"
CARD_WHAT = "What it is"
CARD_STOPS = "Why it stops learning"
CARD_RECOGNISE = "How to recognise it"
CARD_LOOKALIKES = "What looks the same"
CARD_EXAMPLE = "An example"
CARD_SOURCES = "What is written about it"
CARD_CORRECTION = "Correction"
CARD_COSTS = "Costs: {costs}"
CARD_BECAUSE = "because: {cause}"
CARD_PATCHED = "It shows once the program is patched."
LINE_PATCHED = "patched"
CARD_AGAINST = "against"
CARD_TRY = "try the remedy: up to eight short trainings, {cost}"
CARD_TRIAL = "{score} in {pairs} of short trainings"
CARD_CURVES = "Loss of the first pair, beginning to end"
CARD_WITHOUT = "without"
CARD_WITH = "with"

AND_MORE_RULED_OUT = "and {count} more, /ruled-out lists them"
BROKEN = "keras-triage: something went wrong on my side ({reason}). The session is kept. Details are in {file}."
PANES = {
    "chat": "Chat",
    "findings": "Findings",
    "path": "Path",
    "case": "Case",
    "curves": "Curves",
    "output": "Output",
}
PANES_SHORT = {
    "chat": "Chat",
    "findings": "Finds",
    "path": "Path",
    "case": "Case",
    "curves": "Plots",
    "output": "Out",
}
EMPTY = {
    "findings": "Nothing stands out yet. Causes appear here as evidence arrives, the likeliest first.",
    "path": "The questions asked so far will stand here.",
    "case": "The model, its layers and its data will stand here once the program has reached fit.",
    "curves": "The recorded run and other curves will stand here.",
    "output": "What your program prints is kept here, away from the conversation.",
}
FINDINGS_RULED_OUT = "Ruled out"
PATH_HINT = "Enter shows an answer; on one of yours it goes back there."
CASE_MODEL = "Model"
CASE_SETTINGS = "Settings"
CASE_DATA = "Data"
CASE_CLASSES = "Classes"
CASE_LOOK = "look at samples with their labels"
LAYER_COLUMNS = ("Layer", "Gradient", "Output", "Weights", "Kind")
FROZEN = "frozen"

STAGE = {
    "": "",
    "host": "starting Python",
    "import": "loading TensorFlow",
    "program": "running your program",
    "hold": "holding at fit",
    "probes": "looking",
    "question": "your turn",
    "trial": "trying",
    "finished": "done",
    "failed": "program failed",
    "stopped": "stopped",
    "resumed": "resumed",
    "reading": "only reading",
}
CANCEL_HINT = "esc cancels"
CANCELLED = {
    "probe": "Cancelled. The answer counts as unknown.",
    "trial": "Cancelled. Whether the remedy helps stays open.",
    "patch": "Cancelled. The patch stays unverified.",
}
GATHERED_ALL_FINE = "nothing stands out"
GATHERED_SOME = "{count} stand out"
GATHERED_ONE = "1 stands out"
GATHERED_UNKNOWN = "{count} unknown"
LOOKED_AT = "Measured: {title}"

PROBE_SAID = "I could not measure it: {reason}."
PHASES = {
    "looking": "Quick looks",
    "recorded_run": "The recorded run",
    "tree": "Following the symptom",
    "rest": "What else may explain it",
    "to_come": "To come",
}
TO_COME_PROBE = "I can measure that"
TO_COME_PERSON = "I shall ask you"
PATH_REST = "nothing stands out"
PATH_BEFORE = "before: {answer}"
HELD = "{program} is held at {method}{where}: {what}."
HELD_NO_MODEL = "{program} never came to a model."
DATA = {
    "x": "inputs",
    "y": "targets",
    "sample_weight": "weights",
    "validation": "validation",
    "validation_x": "validation inputs",
    "validation_y": "validation targets",
}
SAMPLES_NOTE = "Drawn at random, to be looked at only: no log and no report keeps them. /look draws others."
SAMPLES_NONE = "The program gives its training no samples that could be shown."
SAMPLES_FAILED = "I cannot show samples now: {reason}."
SAMPLE_LABEL = "label"
RANGE_LABEL = "  range"
RANGE = "{low} to {high}"
RANGE_SPREAD = ", mean {mean}, spread {spread}"
SETTINGS = {
    "optimizer": "optimizer",
    "loss": "loss",
    "metrics": "metrics",
    "epochs": "epochs",
    "batch_size": "batch size",
    "steps": "steps per epoch",
    "callbacks": "callbacks",
    "versions": "versions",
}
CURVES = {
    "recorded_run": "The recorded run",
    "one_batch": "One batch, over and over",
    "rate_response": "Other learning rates",
    "running": "still running",
    "rate": "learning rate",
    "gone": "share of the loss gone",
    "best_rate": "best at {rate}",
    "gradient_flow": "Gradient by layer",
    "norm": "norm",
    "layer": "layers, from the input",
    "metrics": "Metrics of the recorded run",
    "training": "training",
    "validation": "validation",
    "loss": "loss",
    "epoch": "epoch",
    "step": "step",
    "part": "percent of the training",
    "pasted": "The log you pasted",
    "pasted_others": "The same log, other figures",
    "trial": "Trial: {remedy}",
    "without": "without",
    "with": "with",
}
AXES = "{y} over {x}"
TRIAL_GONE = "With it the symptom is gone ({steps} steps each, {seconds} in all)."
TRIAL_STAYS = "The symptom stays ({steps} steps each, {seconds} in all)."

YOUR_PROGRAM = "your program"
NAMED_UNSURE = "I could not watch the training, so I cannot name the symptom myself."
ASK_SYMPTOM_LOST_WHY = "It decides what I look at next. If you are not sure, I go by what could be measured."
WATCHING = "Then I watch a short training and name it myself."
NAMED = "What I see: {symptom}."
NAMED_HEALTHY = "The planned training ran to its end and it learns. Nothing looks wrong."
PROBE_ENDED = "Done: {title}."
RERUN_ADVICE = "When the program has changed, /rerun starts it again."
PROGRAM_FAILED = {
    "before_fit": "{program} failed before it reached fit. {error}",
    "in_fit": "{program} failed inside fit. {error}",
    "no_fit": "{program} ended without a call of fit. {error}",
}
OFFER = "Shall I try a remedy? {remedy}"
OFFER_WHY = "Short trainings with it and without it show whether {cause}. Your program and its files stay as they are."
OFFER_WAITS = "A remedy could be tried."
OFFER_YES = "Yes, try it"
OFFER_YES_MEANS = "up to eight short trainings, {cost}"
OFFER_COST_LIKE = "about {seconds}, as the last one took"
OFFER_COST_MOST = "{seconds} at most"
OFFER_ALL = "Yes, and others as they come"
OFFER_ALL_MEANS = "until the time for trials is spent"
TRYING = "Trying: {remedy}"
OFFER_NO = "No"
OFFER_NO_MEANS = "the cause stays as likely as it is"
OFFER_NONE = "No trials at all"
OFFER_NONE_MEANS = ""
NEXT = "Enter unfolds a card, /explain CAUSE tells more, /report writes it down."
NEXT_PATCH = "/patch shows the change of your program, /report writes everything down."
NEXT_RERUN = "Once you have changed the program, /rerun looks again and says what has become of it."
NEXT_TRAINING = "On line {line} the program trains another model: {command} examines that one."
NEXT_BEGINS = "I start the program again and go on to its next training, in a session of its own."
NEXT_NONE_LEFT = "The program shows no further training."
NEXT_NONE = "/path shows what was asked, /ruled-out what is not the cause, /report writes it down."
PASTED = "a log of {lines}"
WHY_FOR = "An answer could speak for: {causes}."
WHY_AGAINST = "It could rule out or weaken: {causes}."
AND_MORE = " and {count} more"
HOW_KNOWN = "{cause}: {status}, {percent}."
NO_EVIDENCE = "  Nothing speaks for or against it yet."
EXPLAIN_WHAT = "Which cause? Write /explain and its name, such as /explain vanishing gradient."
BAND = {
    "decides": "decides it",
    "strong": "strong",
    "weak": "weak",
    "against": "speaks against it",
    "rules_out": "rules it out",
}

UNDERSTOOD = "I take that as: {symptom}."
NOT_UNDERSTOOD = "I do not know what “{text}” means yet. Say what the loss or the metric does, or choose from the list."
LOSS_NOW = "loss {loss}"
LOG_SEEN = "I read that as a training log: {entries}, the loss goes from {first} to {last}. It is plotted under Curves."
LOG_WHICH = "Which file? Write /log and its path; a log can also be pasted."
LOG_UNREADABLE = "The log cannot be read from {file}: {reason}."
LOG_NONE = "I find no training loss in {file}. I read what Keras prints, CSVLogger files and history.history."
LOG_SHOWS = "What it shows: {text}"
LOG_SHOWS_NOTHING = "By itself it shows nothing that is plainly wrong. What I measure myself says more."
LOG_COUNTS = "I go by that until I have watched a run of my own."
LOG_AGREES = "That is what I saw, too."
LOG_DIFFERS = "In the run that I watched, though, I saw this: {symptom}. I go by what I saw."
LOG_AGAINST_HEALTHY = (
    "The run that I watched learns well, though. If the log comes from other code or other data, that may be why."
)
WHY_NOTHING = "Nothing is being asked at the moment."
CHAPTER_BACK = "Back to: {question}"
CHAPTER_TAKEN_BACK = "Taken back: {words}"
CHAPTER_NEXT = "{program}, the next training"
CHAPTER_RERUN = "{program}, started again"
BRANCHED = "The way taken so far is kept as session {session}; this one goes on from here."
YOUR_LOG = "your log"
COMPARED = "Compared with the last time"
COMPARED_CAUSES = ("gone", "still there", "new")
WAS_AND_IS = "{was}, now {now}"
NOTHING_TO_UNDO = "There is nothing to take back."
RULED_OUT_NONE = "Nothing has been ruled out yet."
RULED_OUT_HEAD = "Ruled out so far:"
NO_FINDING = "No cause has been found so far."
UNKNOWN_CAUSE = "I know no cause called “{text}”. The nearest: {near}."
UNKNOWN_COMMAND = "There is no command /{text}. The nearest: {near}."
COPIED = "Copied."
REPORT_WRITTEN = "The report is in {file}."
REPORT_TITLE = "The report of {program} {dot} as it stands"
REPORT_FORMATS = {
    "message": ("Message", "To the program's author: what was found, what to do, how to check it."),
    "markdown": ("Markdown", "For tickets and notes: causes with evidence, place, remedy and patch."),
    "html": ("HTML", "One page for a browser, with curves, layers and the path taken; these are its words."),
    "text": ("Text", "As `keras-triage check` prints it."),
    "json": ("JSON", "For programs."),
}
REPORT_TO = "to"
REPORT_KEYS = {"write": "write", "copy": "copy", "file": "other file", "close": "back"}
REPORT_COPIED = "Copied: {format}."
REPORT_REPLACES = "{file} is there already; Enter once more replaces it."
CANNOT_OPEN = "Nothing was run. Leave with ^c and try again."
RERUNNING = "{program} is what it was, so what you told me still counts."
RERUNNING_CHANGED = "{program} has changed, so I look at it anew. At the end I say what has become of what was found."
NO_RERUN = "The program is not at hand. /merge takes what your user sends; a new bundle is a session of its own."
ASK_USER_NONE = "Nothing waits for your user: all that the program could tell is here."
ASK_USER_AT_HAND = "The program is at hand; there is no user to ask."
MERGE_WHAT = "Which file? /merge more.triage takes what your user sent."
WORKER_LOST = "{reason}. The session goes on. I start the program again when I need it."
WORKER_LOST_FOR_GOOD = "{reason}. The session goes on without it: what is still to be measured counts as unknown."
START_AGAIN = "/rerun starts it again from the beginning."
FAILED_HERE = "Something went wrong on my side ({reason}). The session is kept."

NOTE_KEPT = "Noted, for you and your colleagues only: no report and no bundle holds it."
NOTES_HEAD = "Notes of this session:"
NOTES_NONE = "There is no note yet. /note and a sentence keeps one with the session; no report holds it."
TRIAL_WHICH = "None of the causes found has a remedy that I could try. /trial and the name of a cause tries that one."
TRIAL_NONE = "{cause}: there is no remedy that I could carry out by myself, so there is nothing to try."
TRIAL_HEALTHY = "Nothing is wrong with this training, so a trial could show nothing."
TRIAL_FAILED = "The program fails before it trains, so there is nothing to try yet."
TRIAL_TOO_SOON = "The program is not held yet. Once it is, I can try remedies."
TRIAL_QUEUED = "I try that next: {remedy}."

PATCH_NONE = "There is no patch: none of the causes found has a remedy that I can write into the program."
PATCH_TITLE = "Patch of your program"

GOODBYE_SESSION = "Session {session} is kept."
GOODBYE_RESUME = "  keras-triage resume {session}   goes on where you left, and writes the report with /report"

START_HEAD = "for Keras models that do not converge"
START_HINT = (
    "I run your program up to its call of fit, as you would run it, then look at what it would train on. "
    "I write nothing into your folder, and nothing leaves this machine."
)
START_PAGES = {"programs": "Programs", "sessions": "Sessions", "demos": "Demos"}
START_KEYS = {
    "programs": "Open a program.",
    "sessions": "Search, keep in order and resume the kept sessions.",
    "demos": "Try a broken program.",
}
START_OPENS = "open"
START_PLACEHOLDER = "path of a training script, such as train.py"
START_NEAR = "Recent and near"
START_DEMOS_HINT = "Broken programs to try; each takes about two minutes. A copy is opened, in your own data folder."
SESSION_SEARCH = "search"
SESSION_ALL = "all"
SESSION_KEYS = {"rename": "name", "tags": "tags", "status": "status", "filter": "filter", "search": "find"}
SESSION_NONE = "No session is kept yet. Every program that you open begins one."
SESSION_NONE_FOUND = "No session fits."
SESSION_RENAME = "What shall the session be called?"
SESSION_RETAG = "Its tags, with commas between them"
SESSION_TAGS = "tags"
SESSION_ASSIGNEE = "assigned to"
SESSION_NOTES = "last note"
SESSION_HELD = "in use by"
SESSION_UNBEGUN = "not begun"
SESSION_OUTCOME = {
    "healthy": "nothing wrong",
    "inconclusive": "nothing confirmed",
    "program_failed": "the program failed",
    "diagnosed": "diagnosed",
}
DESK_STATUS = {
    "open": "open",
    "waiting_for_user": "waiting for user",
    "resolved": "resolved",
    "gave_up": "gave up",
}
ASK_LINE_KEYS = "Enter keeps it, Escape leaves it as it was."

SETTINGS_UNREADABLE = "The settings in {file} are not valid JSON, so they are left out and nothing is written there."
SETTINGS_UNKNOWN = "There is no setting {names} in {file}; there are {known}."

THEMES = ("Theme", "Choose among all themes.")

HELP_TITLE = "Keys and commands"
HELP_KEYS = "Keys"
HELP_COMMANDS = "Commands"
HELP_TYPING = (
    "Number keys answer the open question. Any other letter starts a sentence: say what you see, answer in "
    "your own words, or paste a training log. Enter or a click unfolds what has the focus; Tab moves on."
)
HELP_OF = {
    "QuestionBlock": "A question. A number key or a click answers it; arrows and Enter do too. 0 says that you are not "
    "sure, - leaves it open, ? tells why it is asked, ^z takes your last answer back.",
    "Composer": "The line to type in. Say what you see, answer in your own words, ask about a cause, or paste a "
    "training log. A slash begins a command; Tab completes it, and the arrows bring back what you typed before.",
    "Conversation": "The conversation. The arrows scroll; Tab moves from block to block, Enter unfolds or folds one, y "
    "copies it.",
    "FindingsPane": "The causes found so far, the likeliest first. Enter opens one with everything known about it.",
    "PathTree": "The questions asked so far. Enter shows an answer; on one of yours it goes back to it.",
    "CasePane": "The model, its layers, the settings and the data, as they were at the call of fit.",
    "CurvesPane": "What was measured over time: the recorded run, one batch alone, and both arms of every trial.",
    "OutputPane": "What your program printed, apart from the conversation.",
    "ProgramsPage": "Type the path of a training script; Tab completes it. The arrow down leads to the programs opened "
    "last and to what lies near; Enter, a click or a number opens one.",
    "SessionsPage": "The kept sessions, the latest first. Enter takes one up where it was left. Search looks into "
    "programs, names, findings, notes and tags; the row beside it filters by status.",
    "ReportScreen": "The report, as it would be written. A number or the arrows left and right choose the format, up, "
    "down and space read on; Enter writes it to the file below, y copies it.",
    "DemosPage": "Broken programs to try, one for each kind of symptom. Enter, a click or a number opens a copy.",
}
HELP_CLOSE = "Escape closes this."

ACTIONS: dict[str, tuple[str, str]] = {
    "why": ("why?", "Why the open question is asked, and what each answer would mean."),
    "back": ("back", "Take back the last thing you said, and what followed from it."),
    "not_sure": ("not sure", "Answer the open question with not sure."),
    "skip": ("skip", "Leave the open question unanswered."),
    "cancel": ("cancel", "Cancel what is running; what it would have told counts as unknown."),
    "chat": ("chat", "Show the conversation."),
    "findings": ("findings", "Show the causes found so far, the likeliest first."),
    "path": ("path", "Show the questions asked so far as a tree."),
    "case": ("case", "Show the model, its layers, the settings and the data."),
    "curves": ("curves", "Show the recorded run and other curves."),
    "output": ("output", "Show what your program printed."),
    "evidence": ("evidence", "How I know: the answers for and against a cause."),
    "look": ("look at samples", "Draw some samples with their labels; nothing keeps them."),
    "ruled_out": ("ruled out", "What has been ruled out, and by what."),
    "explain": ("explain", "Explain a cause: what it is, how to recognise it, what looks the same, what helps."),
    "trial": ("trial", "Try the remedy of a cause now, in short trainings with and without it."),
    "log": ("read a log", "Read a training log from a file, as if it was pasted."),
    "note": ("note", "Keep an internal note with the session, or show the notes; reports hold none."),
    "patch": ("patch", "Show the changes of your program that the findings suggest."),
    "ask_user": ("ask user", "The message to your user, with what only their program can tell."),
    "merge": ("merge", "Take a bundle that your user sent later into this session."),
    "report": ("report", "Look at the report in any format, then write or copy it."),
    "rerun": ("rerun", "Start the program again as it is now, and say what has changed."),
    "next_training": ("next training", "Examine the training that follows in the program, in a session of its own."),
    "write": ("write", "Write a command or a sentence."),
    "fold_all": ("fold", "Fold or unfold everything in the conversation."),
    "copy": ("copy", "Copy what is selected, or the block that has the focus; the arrows move among blocks."),
    "light_dark": ("light or dark", "Change between the light and the dark theme."),
    "commands": ("commands", "Search everything that can be done."),
    "help": ("help", "Keys and commands."),
    "leave": ("leave", "Leave at once. The session is kept and can be resumed."),
    "leave_q": ("leave", "Leave at once, when no sentence is being typed."),
}
"""Label and sentence of every action, by its id."""


def seconds(value: float | None) -> str:
    """A duration with sensible digits: ``0.4 s``, ``12 s``, ``2 min 05 s``."""
    if value is None:
        return ""
    if value < 10:
        return f"{value:.1f} s"
    if value < 60:
        return f"{value:.0f} s"
    rest = int(value % 60)
    return f"{int(value // 60)} min" + (f" {rest:02d} s" if rest else "")


def percent(share: float) -> str:
    """A probability for people; never 0% or 100%, which nothing here is."""
    return "> 99%" if share > 0.99 else "< 1%" if share < 0.01 else f"{share * 100:.0f}%"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: ``1 layer``, ``7 layers``."""
    return f"{number:,} {one if number == 1 else many}"


def flowing(letter: str) -> str:
    """A letter whose paragraphs wrap as wide as the screen is; what is set in stays as it is."""
    paragraphs = letter.strip("\n").split("\n\n")
    return "\n\n".join(one if one.startswith(" ") else " ".join(one.split()) for one in paragraphs)


def quick_looks(number: int) -> str:
    """The title of the quick looks."""
    return count(number, "quick look", "quick looks")


def more_looks(number: int) -> str:
    """The title of looks that found nothing."""
    return count(number, "more look", "more looks")


def more_places(number: int) -> str:
    """Places of a finding that are not shown."""
    return f"and {count(number, 'more place', 'more places')}"
