"""How things are told."""


def say(text=""):
    print(text, flush=True)


def table(lines, header, left=2):
    """The first `left` columns are words, the others numbers."""
    widths = [max(len(str(line[column])) for line in [header, *lines]) for column in range(len(header))]
    for line in [header, ["-" * width for width in widths], *lines]:
        say("  ".join(str(cell).ljust(width) if column < left else str(cell).rjust(width)
                      for column, (cell, width) in enumerate(zip(line, widths))).rstrip())
