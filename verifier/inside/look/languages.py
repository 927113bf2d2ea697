r"""Which language a file is in: by its name, its extension, its first bytes or its `#!` line.

language_of("bin/tool", b"#!/usr/bin/env python3\n...") == "python"
"""

from __future__ import annotations

import posixpath
import re

_SOURCE = """
    astro awk bash batch c clojure coffeescript compiled cpp csharp cython dart elixir erlang fortran fsharp go groovy
    haskell java javascript jsp julia kotlin lisp lua notebook objective-c ocaml pascal perl php powershell python r
    razor ruby rust scala script solidity svelte swift typescript vb vue zig
"""
SOURCE = frozenset(_SOURCE.split())
"""Code that runs when the delivery runs: unexamined, it may hide anything.

Not in it: SQL, which runs only where code hands it to a database, and that code is examined; build descriptions
(Makefile, Dockerfile, CMake), which run on the builder's machine; markup and templates
(HTML, SVG, Jinja), whose scripts are a page's; configuration and data. `compiled` is machine or byte code, `script` a
file with a `#!` line whose interpreter is none of those below.
"""

PROSE = frozenset({"markdown", "rst", "asciidoc", "text"})
"""Text for people, where the marker of a suppression is mostly a mention of it."""

_EXTENSIONS = {
    "asciidoc": "adoc asciidoc",
    "astro": "astro",
    "awk": "awk",
    "bash": "sh bash zsh ksh bats",
    "batch": "bat cmd",
    "c": "c h",
    "clojure": "clj cljs cljc",
    "cmake": "cmake",
    "coffeescript": "coffee",
    "compiled": "so dylib dll exe pyd pyc pyo class jar war whl egg wasm o a node",
    "cpp": "cc cpp cxx hh hpp hxx",
    "csharp": "cs",
    "css": "css scss sass less",
    "csv": "csv tsv",
    "cython": "pyx pxd pxi",
    "dart": "dart",
    "elixir": "ex exs",
    "erlang": "erl hrl",
    "fortran": "f f90 f95 f03 for",
    "fsharp": "fs fsx",
    "gettext": "po pot",
    "go": "go",
    "gradle": "gradle",
    "graphql": "graphql gql",
    "groovy": "groovy",
    "haskell": "hs lhs",
    "hcl": "tf tfvars hcl",
    "html": "html htm xhtml",
    "ini": "ini cfg conf properties",
    "java": "java",
    "javascript": "js jsx mjs cjs es es6 jsm",
    "json": "json jsonc json5 geojson webmanifest",
    "jsp": "jsp",
    "julia": "jl",
    "kotlin": "kt kts",
    "lisp": "el lisp lsp scm rkt",
    "lua": "lua",
    "markdown": "md markdown mdx",
    "notebook": "ipynb",
    "objective-c": "m mm",
    "ocaml": "ml mli",
    "pascal": "pas dpr",
    "perl": "pl pm",
    "php": "php phtml php5 phar",
    "powershell": "ps1 psm1 psd1",
    "proto": "proto",
    "python": "py pyw pyi py3 pyde",
    "r": "r",
    "razor": "cshtml razor aspx ascx ashx",
    "rst": "rst",
    "ruby": "rb rake gemspec ru",
    "rust": "rs",
    "scala": "scala sc",
    "script": "csh tcsh fish nu tcl sed vbs wsf applescript",
    "solidity": "sol",
    "sql": "sql psql plsql",
    "starlark": "bzl star",
    "svelte": "svelte",
    "svg": "svg",
    "swift": "swift",
    "template": "j2 jinja jinja2 tmpl mustache hbs handlebars ejs erb twig liquid mako",
    "text": "txt",
    "toml": "toml",
    "typescript": "ts tsx mts cts",
    "vb": "vb bas cls",
    "vue": "vue",
    "xml": "xml xsd xsl xslt plist csproj vbproj fsproj resx xlf",
    "yaml": "yml yaml",
    "zig": "zig",
}
_NAMES = {
    "cmake": "CMakeLists.txt",
    "dockerfile": "Dockerfile Containerfile",
    "ini": ".flake8 .coveragerc .pylintrc pylintrc .bandit .editorconfig .gitconfig .gitmodules",
    "jenkinsfile": "Jenkinsfile",
    "makefile": "Makefile GNUmakefile makefile",
    "python": "SConstruct SConscript wscript",
    "ruby": "Rakefile Gemfile Vagrantfile Capfile",
    "starlark": "BUILD WORKSPACE",
    "text": "README LICENSE LICENCE COPYING AUTHORS NOTICE CHANGELOG INSTALL TODO",
}
_INTERPRETERS = {
    "awk": "awk gawk mawk",
    "bash": "sh bash dash ksh zsh ash bats",
    "javascript": "node nodejs",
    "julia": "julia",
    "lua": "lua luajit",
    "makefile": "make",
    "perl": "perl",
    "php": "php",
    "powershell": "pwsh powershell",
    "python": "python pythonw pypy",
    "r": "rscript",
    "ruby": "ruby",
    "typescript": "deno bun tsx",
}


def _inverse(table: dict[str, str]) -> dict[str, str]:
    return {word: language for language, words in table.items() for word in words.split()}


_BY_EXTENSION = _inverse(_EXTENSIONS)
_BY_NAME = _inverse(_NAMES)
_BY_INTERPRETER = _inverse(_INTERPRETERS)

# ELF, Mach-O (both byte orders and fat; the last is Java's too), WebAssembly, MS-DOS and Windows programs.
_MACHINE = (b"\x7fELF", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\0asm", b"MZ")
_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?env\s+(?:-\S+\s+|\w+=\S*\s+)*(?:\S*/)?(\S+)|#!\s*(?:\S*/)?(\S+)")


def language_of(path: str, head: bytes, *, binary: bool = False) -> str | None:
    """The language's name, or None where nothing tells. `head` is the first 256 bytes or more.

    The name of a source language settles it. Any other name is believed only after the content: a `.txt` that begins
    with `#!` is a script.
    """
    named = _named(path, head)
    if named in SOURCE:
        return named
    if binary:
        return "compiled" if _is_machine_code(head) else named
    return _interpreted(head) or named


def _named(path: str, head: bytes) -> str | None:
    name = posixpath.basename(path)
    stem, _, extension = name.rpartition(".")
    language = _BY_NAME.get(name) or (_BY_EXTENSION.get(extension.lower()) if stem or _ else None)
    if language is None and name.partition(".")[0] == "Dockerfile":
        return "dockerfile"
    if language == "typescript" and head.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"<?xml", b"<!DOCTYPE TS")):
        return "xml"  # Qt's translations are .ts as well
    return language


def _is_machine_code(head: bytes) -> bool:
    """Machine or byte code, or an archive that an interpreter runs (zipapp: `#!` before a zip)."""
    return head.startswith((*_MACHINE, b"#!")) or head[1:4] == b"\r\r\n"  # the last: CPython's byte code, since 3.0


def _interpreted(head: bytes) -> str | None:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    match = _SHEBANG.match(first)
    if match is None:
        return None
    program = (match[1] or match[2]).decode("ascii", "replace").lower().removesuffix(".exe")
    return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(program.rstrip("0123456789.")) or "script"
