"""How large may a file be that somebody brings in? Plain numbers: the reading child loads them without Django."""

MAX_ROWS = 200_000
# As many lines without a value as a whole sheet of Excel has: it saves those that were only painted, too.
MAX_BLANK = 1_048_576
MAX_COLUMNS = 500
# Excel's own limit of characters in a cell.
MAX_CELL = 32_767
# One physical line of a text file; no honest one comes near.
MAX_LINE = 2_000_000

# An .xlsx or .ods is a zip archive: what it may hold once unpacked. 200,000 rows of 30 columns take about 200 MB.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 5_000
# The process that reads a workbook: address space, time on the processor, and until it says its first word.
CHILD_MEMORY_BYTES = 1024 * 1024 * 1024
CHILD_CPU_S = 25
CHILD_FIRST_WORD_S = 25
