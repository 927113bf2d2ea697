"""Two shortcuts through scancode's search for copyrights that change no answer, only its time.

It gives each word the label of the first of 1,100 patterns that matches it, and joins labels by 413 rules, one after the other
(cluecode/copyrights.py, by pygmars 1.0). A label hangs on the word alone: here that of a word that came before is remembered.
A rule that finds nothing leaves all as it was: here it is only asked whether it finds something.

tests/inside/test_scancode_copyrights.py holds both against pygmars' own functions.
"""

from functools import cache, lru_cache

MOST, LONGEST = 20_000, 80
"""Words that are remembered, and characters of one that is."""


def install():
    """Puts both in the place of pygmars' own; once, whoever asks."""
    from pygmars.lex import Lexer  # noqa: PLC0415 - imported while the collector sleeps
    from pygmars.parse import Parser  # noqa: PLC0415

    Lexer.lex_tokens, Parser.parse = labelled, parsed


def labelled(lexer, tokens, trace=False):  # noqa: ARG001 - pygmars'
    """As `Lexer.lex_tokens`, which can tell on the way what it does."""
    known, whole = labels(lexer)
    for token in tokens:
        label = known(token.value) if len(token.value) <= LONGEST else whole(token.value)
        if label:
            token.label = label
        yield token


@cache
def labels(lexer):
    """Two functions from a word to its label, or None: one that remembers, and one that does not."""

    def label(word):
        return next((label for matches, label in lexer._matchers if matches(word)), None)  # noqa: SLF001 - likewise

    return lru_cache(MOST)(label), label


def parsed(parser, tree):
    """As `Parser.parse`, of one word or more: scancode does not ask about none."""
    from pygmars.tree import Tree  # noqa: PLC0415 - as above

    tree = tree if isinstance(tree, Tree) else Tree(parser._root_label, tree)  # noqa: SLF001 - as pygmars itself
    for _ in range(parser._loop):  # noqa: SLF001 - likewise
        words = sequence(tree)
        for rule, finds in rules(parser):
            if finds(words):
                tree = rule.parse(tree=tree)
                words = sequence(tree)
    return tree


@cache
def rules(parser):
    """Each with a function that says whether it finds something in a sequence of labels."""
    return [(rule, rule._transformer.func.__self__.search) for rule in parser.rules]  # noqa: SLF001 - likewise


def sequence(tree):
    """As `ParseString` writes it, which the rules read."""
    return "".join(f"<{one.label}>" for one in tree)
