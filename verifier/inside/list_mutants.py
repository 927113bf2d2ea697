"""Lists small changes to delivered source and draws a sample of them. Runs in the sandbox on verifier's interpreter.

    list_mutants.py < {count, scopes: [{least, files: {path: {ran: [lines], changed: [lines] or null}}}]}

Reads the pristine tree and runs none of it. Changes are found on the syntax tree and made in the text, at the place of one token
or expression, so that every other byte and line stays. The sample is drawn from the first scope that holds `least` of them, over
all files and kinds alike, in an order that hangs on the changes themselves: neither the day nor the tests take part in it.
Prints {possible, mutants: [{path, kind, line, start, end, before, after}], shams: {path: {start, end, after}}}.
"""

import ast
import hashlib
import io
import json
import os
import re
import sys
import tokenize
import warnings
from collections import Counter
from typing import NamedTuple

TREE = "/delivery"
SHAM = b"pass\n"

COMPARED = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", ">="),
    ast.GtE: (">=", "<"),
    ast.Gt: (">", "<="),
    ast.LtE: ("<=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
COMPUTED = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
}
JOINED = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
# Arithmetic of these is no arithmetic: another operator only breaks it.
TEXTS = (ast.JoinedStr, ast.List, ast.ListComp, ast.Tuple, ast.Set, ast.Dict)
ONE_STRING = re.compile(r"""[a-zA-Z]{0,2}(["'])(?:\\.|(?!\1)[^\\])*\1""")
DUNDER = re.compile(r"__\w+__")
LOGGING = re.compile(r"_*(?:log|logger|logging|warnings)", re.IGNORECASE)
LOGS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}
TYPING = {"typing", "typing_extensions"}
# What is said of the code and not done by it.
NOT_RUN = {"annotation", "returns", "decorator_list", "type_params", "msg"}
# Arguments by which a parser, a schema or a command is told what to say.
FOR_PEOPLE = {"help", "description", "epilog", "error"}
# Names of a module's or class's own that say something of it.
OF_ITSELF = re.compile(
    "__(?:all|authors?|build|contact|copyright|credits|date|description|docformat|email|license|maintainer|match_args|name|path|slots"
    "|status|summary|test|title|ur[il]|version|version_info)__"
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Where these are, something is worked out, and not only said.
WORKED_OUT = (ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.comprehension)


class Change(NamedTuple):
    """One change. `statement` is the first line of the statement that it is in; `start` and `end` count bytes of the file."""

    kind: str
    line: int
    statement: int
    start: int
    end: int
    before: str
    after: str


class Source:
    """One file's bytes, and where in them the nodes of its syntax tree lie. ValueError where nobody can say."""

    def __init__(self, content):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if encoding not in ("utf-8", "utf-8-sig"):
            raise ValueError("its text is not UTF-8")
        self.content = content
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.tree = ast.parse(content)
        self.lines = [3 if encoding == "utf-8-sig" else 0]
        for line in content[self.lines[0] :].splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def start(self, node):
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.lines[node.end_lineno - 1] + node.end_col_offset

    def text(self, node):
        return self.content[self.start(node) : self.end(node)].decode("utf-8")

    def operator(self, left, right, word):
        """The operator between two nodes: nothing else is there but blanks, brackets, comments and line breaks."""
        gap = self.content[self.end(left) : self.start(right)].decode("utf-8")
        found = re.search(word, re.sub("#.*", lambda comment: " " * len(comment[0]), gap))
        if not found:
            raise ValueError("no operator is there")
        start = self.end(left) + len(gap[: found.start()].encode())
        line = left.end_lineno + gap[: found.start()].count("\n")
        return line, start, start + len(found[0].encode())


class Module:
    """What a module binds some names to, as far as it decides what of it is left alone: a name alone proves nothing."""

    def __init__(self, tree):
        self.imported, self.assigned, self.bound = {}, {}, set()
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for one in node.names:
                    home = getattr(node, "module", one.name) if not getattr(node, "level", 0) else ""
                    self.imported[one.asname or one.name.partition(".")[0]] = home
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self.assigned.setdefault(named(target), []).append(node.value)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self.bound.add(node.id)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                self.bound.add(node.name)

    def main(self, node):
        """Whether it is `if __name__ == "__main__"`, and the name is still the module's."""
        test = node.test if isinstance(node, ast.If) else None
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
            return False
        sides = (test.left, test.comparators[0])
        names = [one for one in sides if isinstance(one, ast.Name) and one.id == "__name__"]
        words = [one for one in sides if isinstance(one, ast.Constant) and one.value == "__main__"]
        return bool(names and words) and "__name__" not in self.bound | self.imported.keys()

    def typing(self, node):
        """Whether an `if` asks for nothing but typing's own TYPE_CHECKING, or one that is False."""
        test = node.test if isinstance(node, ast.If) else None
        test = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
        if isinstance(test, ast.Attribute):
            owner = self.imported.get(named(test.value)) if isinstance(test.value, ast.Name) else None
            return test.attr == "TYPE_CHECKING" and owner in TYPING
        if not isinstance(test, ast.Name) or test.id != "TYPE_CHECKING":
            return False
        told = self.assigned.get(test.id, [])
        return all(is_false(one) for one in told) and bool(told or self.imported.get(test.id) in TYPING)


def nodes(tree, module):
    """Every node whose change a test could notice, with the first line of its statement."""
    waiting = [(tree, 0, False)]
    while waiting:
        node, statement, words = waiting.pop()
        if isinstance(node, (ast.stmt, ast.ExceptHandler)):
            statement = node.lineno
        elif isinstance(node, ast.match_case):
            statement = node.pattern.lineno
        words = words or said(node)
        if not (words and is_words(node)):
            yield node, statement
        waiting += [(child, statement, words) for child in children(node, module)]


def children(node, module):
    main, typing = module.main(node), module.typing(node)
    fields = () if isinstance(node, ast.JoinedStr) else ast.iter_fields(node)  # in which no place is exact before 3.12
    for name, value in fields:
        inner = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST)]
        if name in NOT_RUN:  # a function that is written there is run all the same
            inner = [one for place in inner if name != "msg" for one in ast.walk(place) if isinstance(one, ast.Lambda)]
        elif main and name == "body":  # likewise, once something calls it
            inner = [one for one in inner if isinstance(one, (*FUNCTIONS, ast.ClassDef))]
        elif (main or typing) and name == "test":
            continue
        yield from (child for child in inner if not left_out(child))


def left_out(node):
    """What tests do not look at: messages, documentation, types, and what names of the module's own say of it."""
    if isinstance(node, (ast.JoinedStr, ast.Raise)):
        return not works_out(node)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or (logs(node.value) and not works_out(node))
    if isinstance(node, FUNCTIONS):
        return any(named(one) == "overload" for one in node.decorator_list) and does_nothing(node.body)
    return isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and describes(node)


def describes(node):
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [one.id for one in targets if isinstance(one, ast.Name)]
    if any(map(OF_ITSELF.fullmatch, names)):
        return not works_out(node)
    if "TYPE_CHECKING" in names:
        return is_false(node.value)
    return any(map(DUNDER.fullmatch, names)) and texts_alone(node.value)


def said(node):
    """What is told to people below here are words: that they are others, no test needs to see."""
    return isinstance(node, ast.Raise) or (isinstance(node, ast.keyword) and node.arg in FOR_PEOPLE) or logs(node)


def is_words(node):
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def works_out(node):
    """Whether anything is computed, decided or defined in it, but for what is put into a text."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop()
        if isinstance(one, WORKED_OUT) or (isinstance(one, ast.BinOp) and not is_text(one)):
            return True
        waiting += () if isinstance(one, ast.JoinedStr) else ast.iter_child_nodes(one)
    return False


def does_nothing(body):
    """Nothing but `...`, `pass` or a docstring."""
    return all(
        isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)) for one in body
    )


def is_false(value):
    return isinstance(value, ast.Constant) and value.value is False


def texts_alone(value):
    """A text, or a list or tuple of such."""
    parts = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
    return all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in parts)


def logs(node):
    called = getattr(node, "func", None)
    if not isinstance(called, ast.Attribute) or called.attr not in LOGS:
        return False
    return bool(LOGGING.fullmatch(named(called.value)))


def named(node):
    return getattr(node, "id", getattr(node, "attr", ""))


def changes(source):
    """All changes to one file, each by itself, in the order of their places."""
    found, module = set(), Module(source.tree)
    for node, statement in nodes(source.tree, module):
        for kind, line, start, end, after in of_node(source, node, module):
            before = source.content[start:end].decode("utf-8")
            if before != after and "\n" not in before and "\r" not in before:
                found.add(Change(kind, line, statement, start, end, before, after))
    return sorted(found, key=lambda change: (change.start, change.end, change.after))


def of_node(source, node, module):
    for kind, left, right, operator, words in operators(node):
        if type(operator) in words:
            word, after = words[type(operator)]
            with_blanks = word if words is COMPARED and "\\s" in word else re.escape(word)
            try:
                yield (kind, *source.operator(left, right, with_blanks), after)
            except ValueError:
                continue
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not", node.lineno, source.start(node), source.start(node) + len("not"), "not not"
    if isinstance(node, ast.Constant):
        after = other_value(node.value, source.text(node))
        if after:
            kind = (
                "text" if isinstance(node.value, (str, bytes)) else "flag" if isinstance(node.value, bool) else "number"
            )
            yield kind, node.lineno, source.start(node), source.end(node), after
    if isinstance(node, ast.JoinedStr):
        yield "text", node.lineno, source.start(node), source.end(node), '("XX" + %s)' % source.text(node)
    test = node.test if isinstance(node, (ast.If, ast.While, ast.IfExp)) and not module.typing(node) else None
    if isinstance(test, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BoolOp)):
        yield "condition", test.lineno, source.start(test), source.end(test), "not (%s)" % source.text(test)
    if isinstance(node, ast.Return) and node.value is not None:
        yield "result", node.value.lineno, source.start(node.value), source.end(node.value), "None"


def operators(node):
    """(kind, left, right, operator, words of its kind) of what a node joins."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return [("comparison", *pair, COMPARED) for pair in zip(sides, sides[1:], node.ops, strict=False)]
    if isinstance(node, ast.BoolOp):
        return [("condition", *pair, node.op, JOINED) for pair in zip(node.values, node.values[1:], strict=False)]
    if isinstance(node, ast.BinOp) and not (is_text(node.left) or is_text(node.right)):
        return [("arithmetic", node.left, node.right, node.op, COMPUTED)]
    if isinstance(node, ast.AugAssign) and not is_text(node.value):
        return [("arithmetic", node.target, node.value, node.op, COMPUTED)]
    return []


def is_text(node):
    while isinstance(node, ast.BinOp):
        if is_text(node.right):
            return True
        node = node.left
    return isinstance(node, TEXTS) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def other_value(value, text):
    """Another constant in its place, or nothing where it has no other or is not written in one piece."""
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1) if abs(value) < 10**18 else ""
    if isinstance(value, float):
        return repr(value + 1.0) if abs(value) < 10**9 else ""
    if isinstance(value, (str, bytes)) and ONE_STRING.fullmatch(text):
        return repr("XX" + value if isinstance(value, str) else b"XX" + value)
    return ""


def applied(content, start, end, after):
    return content[:start] + after.encode("utf-8") + content[end:]


def compiles(content):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(content, "changed", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def sham(content):
    """The file with one statement more that does nothing, at its end: text and syntax are others, what it does is the same."""
    more = (b"" if content.endswith((b"\n", b"\r")) or not content else b"\n") + SHAM
    return {"start": len(content), "end": len(content), "after": more.decode()}


def drawn(found, count, usable):
    """The sample: each next change of the file, then of the line, then of the kind that has the fewest.

    `found` holds (path, change). Only what is `usable` is taken: that it compiles is seen to where it is drawn.
    """
    left = sorted(found, key=lambda one: hashlib.sha256(repr((one[0], *one[1])).encode("utf-8", "replace")).digest())
    paths, lines, kinds, sample = Counter(), Counter(), Counter(), []
    while left and len(sample) < count:
        best = min(left, key=lambda one: (paths[one[0]], lines[one[0], one[1].line], kinds[one[1].kind]))
        left.remove(best)
        if usable(*best):
            path, change = best
            sample.append(best)
            paths[path] += 1
            lines[path, change.line] += 1
            kinds[change.kind] += 1
    return sample


def within(changes, asked):
    """Those in statements that ran, and of them, where lines are named, those on lines that were changed."""
    ran = set(asked["ran"])
    wanted = None if asked["changed"] is None else set(asked["changed"])
    return [one for one in changes if one.statement in ran and (wanted is None or one.line in wanted)]


def read(path):
    """The file and all that can be changed in it; None where it cannot be read as we read it."""
    try:
        with open(os.path.join(TREE, path), "rb") as handle:
            source = Source(handle.read())
        more = sham(source.content)
        if compiles(applied(source.content, more["start"], more["end"], more["after"])):
            return source, changes(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        pass
    return None


def main():
    asked = json.load(sys.stdin)
    known, possible, sample = {}, 0, []
    for scope in asked["scopes"]:
        for path in scope["files"]:
            if path not in known:
                known[path] = read(path)
        files = {path: known[path][1] for path in scope["files"] if known[path]}
        found = [(path, one) for path, these in files.items() for one in within(these, scope["files"][path])]
        if len(found) >= scope["least"]:
            usable = lambda path, one: compiles(applied(known[path][0].content, one.start, one.end, one.after))  # noqa: E731
            possible, sample = len(found), drawn(found, asked["count"], usable)
            break
    mutants = [dict(one._asdict(), path=path) for path, one in sample]
    shams = {path: sham(known[path][0].content) for path in sorted({path for path, _ in sample})}
    json.dump({"possible": possible, "mutants": mutants, "shams": shams}, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
