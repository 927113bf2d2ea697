"""The dashboard: the same pages as a static site (`build`) and live (`serve`).

sources  what lies there: a procurement record, folders of reports
pages/   one file a kind of page: what it shows, as plain data. Pure but for what it asks the sources
layout   a page in one language as HTML, and its twins as JSON and CSV
build    all pages into a folder
serve/   one page at a time, and what signed-in people may prepare
"""
