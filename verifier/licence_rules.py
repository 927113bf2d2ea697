"""What each rule about licences means, and how to mend a finding of it: for those that no blocking list explains. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.words import later

RULES: Mapping[str, tuple[str, str]] = {
    "scancode:inbound-stricter": (
        later(
            "A source file, or a folder by its licence file, is under a licence that the project's does not give: one that "
            "stops at its own file or library, such as the MPL, or one that is not meant to be combined with the project's. "
            "The rest of the project is not touched."
        ),
        later(
            "Keep that part's own licence beside it, and say in the read-me or REUSE.toml what is under it; or replace it."
        ),
    ),
    "scancode:inbound-unclear": (
        later(
            "A source file, or a folder by its licence file, is under another licence, and no maintained source says whether "
            "code under it may go out under the project's, or it depends on how the parts are combined."
        ),
        later("Ask somebody who knows licences, or replace that code."),
    ),
    "scancode:licence-altered": (
        later(
            "A licence file holds words that are of no licence's text and restrict what the text grants, or lacks words of the "
            "text that grant something. Nobody can then say which licence it is, so the licence is undetermined."
        ),
        later(
            "Deliver the licence's own text in that file, unchanged. Names, years and addresses may of course be filled in."
        ),
    ),
    "scancode:licence-denied": (
        later(
            "The licence file grants a licence, and the head of a source file or another document at the root says that the code "
            "is proprietary, or under other terms. Nobody can say which of the two holds, so the licence is undetermined."
        ),
        later("Take out what denies the licence, or tell the buyer which of the two holds."),
    ),
    "scancode:declared-differs": (
        later(
            "REUSE.toml, a `.license` file or an SPDX header declares one licence, and the file itself carries the notice of "
            "another."
        ),
        later("Declare the licence that the notice names, or replace the file."),
    ),
    "scancode:undeclared-licence": (
        later(
            "A source file carries the notice of another licence than the project's, which may go out under the project's."
        ),
        later("Add an SPDX header to the file or an entry to REUSE.toml, so that the notice is not overlooked."),
    ),
    "scancode:third-party": (
        later(
            "Code of others inside the delivery, by its folder (vendor, third_party, node_modules, ...), by the name of a "
            "published library, or by a notice that names somebody else. It is an inventory, no fault."
        ),
        later("Nothing has to be mended: its copyright notice and licence stand with it, as they must."),
    ),
    "scancode:third-party-notice": (
        later(
            "A folder or file that is named for the code of others, without a licence or without the name of whose it is."
        ),
        later(
            "Put the copyright notice and the licence beside it; where the code is the project's own, choose another name."
        ),
    ),
    "dependencies:conflict": (
        later(
            "A distribution that the delivery needs to run is, by its installed metadata, under a licence that reaches what "
            "it is combined with, such as the GPL, and code under it may not go out under the project's licence."
        ),
        later(
            "Use another package, or license the project under terms that allow it. Whether importing combines two works is "
            "disputed, so the buyer decides."
        ),
    ),
    "dependencies:unclear": (
        later(
            "A distribution that the delivery imports does not say what its licence is, says it in words that may mean "
            "several, or no maintained source has an answer."
        ),
        later("Read the licence in the package, or ask somebody who knows licences."),
    ),
}
"""What it means and how to mend it, by name."""
