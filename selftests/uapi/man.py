#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual says what the specification and sipfastctl say.

sipfast(7) has each operation with its request and reply, each notification,
attribute with its type, and value of the YAML, in its order, and no other.
sipfastctl(8) has each command and option that sipfastctl's help tells, and the
completion offers them.

Copyright (C) 2026 The sipfast authors
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
SPEC = os.path.join(TOP, "Documentation/netlink/specs/sipfast.yaml")
MAN = os.path.join(TOP, "Documentation/man")
COMPLETION = os.path.join(TOP, "tools/completion/sipfastctl.bash")
SIPFASTCTL = os.environ.get("SIPFASTCTL",
                            os.path.join(TOP, "build/sipfastctl"))

CASES = []


def case(name, *arguments):
    """A check, which fails by any exception."""
    def note(check):
        CASES.append((name, lambda: check(*arguments)))
        return check
    return note


def equal(ours, wanted, what):
    if ours != wanted:
        raise AssertionError("%s: %r, not %r" % (what, ours, wanted))


# --- manual pages -----------------------------------------------------------

ESCAPES = ((r"\\f.", ""), (r"\\&", ""), (r"\\-", "-"), (r"\\\(dq", '"'),
           (r"\\\(bu", "*"), (r"\\e", "\\\\"))


def plain(line):
    """What a line of a page says, without fonts."""
    macro = re.match(r"\.([BIR]{1,2}) (.*)", line)
    if macro:
        words = [quoted or word for quoted, word in
                 re.findall(r'"([^"]*)"|(\S+)', macro.group(2))]
        line = ("" if len(macro.group(1)) == 2 else " ").join(words)
    for escape, text in ESCAPES:
        line = re.sub(escape, text, line)
    return line


class Page:
    """A page as entries: section, subsection, tag, and the text after it."""

    def __init__(self, name):
        self.entries, self.examples = [], []
        section = subsection = ""
        with open(os.path.join(MAN, name), encoding="ascii") as file:
            lines = iter(file.read().splitlines())
        for line in lines:
            if line.startswith(".SH "):
                section, subsection = plain(line[4:]).strip('"'), ""
                self.begin(section, subsection, "")
            elif line.startswith(".SS "):
                subsection = plain(line[4:]).strip('"')
                self.begin(section, subsection, "")
            elif line == ".TP":
                self.begin(section, subsection, plain(next(lines)))
            elif line == ".EX":
                self.examples.append("")
            elif self.entries and (line[0] != "." or plain(line) != line):
                self.entries[-1][3].append(plain(line))
            if self.examples and line[0] != ".":
                self.examples[-1] += plain(line) + "\n"

    def begin(self, section, subsection, tag):
        self.entries.append((section, subsection, tag, []))

    def tagged(self, section, subsection=None):
        """Tag and text of each entry of a section."""
        return [(tag, " ".join(text)) for its, sub, tag, text in self.entries
                if its == section and tag and subsection in (None, sub)]

    def subsections(self, section):
        return [sub for its, sub, tag, _ in self.entries
                if its == section and sub and not tag]


# --- sipfast(7) -------------------------------------------------------------

with open(SPEC, encoding="ascii") as spec_file:
    YAML = yaml.safe_load(spec_file)
OPERATIONS = YAML["operations"]["list"]
SETS = {s["name"]: s["attributes"] for s in YAML["attribute-sets"]
        if "subset-of" not in s}
WHOLE = {s["name"]: s.get("subset-of", s["name"])
         for s in YAML["attribute-sets"]}
ENUMS = {d["name"]: d for d in YAML["definitions"] if "entries" in d}
UAPI = Page("sipfast.7")


def names(things):
    return [thing["name"] for thing in things]


def kind(attribute):
    """How the page writes an attribute's type."""
    words = attribute["type"]
    if "enum" in attribute:
        words = "%s %s" % (ENUMS[attribute["enum"]]["type"],
                           attribute["enum"])
    elif words == "nest":
        words = "nest " + WHOLE[attribute["nested-attributes"]]
    if "byte-order" in attribute:
        words += ", " + attribute["byte-order"]
    if attribute.get("multi-attr"):
        words += ", multi"
    return words


def listed(text, what):
    """The attributes that an operation's text says it has."""
    found = re.search(what + r": ([^.]*)\.", text)
    if not found:
        return []
    like = re.match("as that of (.*)", found.group(1))
    if like:
        return listed(dict(UAPI.tagged("OPERATIONS"))[like.group(1)], what)
    return found.group(1).split(", ")


@case("sipfast(7): operations, their requests, replies and dumps")
def _():
    told = dict(UAPI.tagged("OPERATIONS"))
    wanted = {o["name"]: o for o in OPERATIONS if "do" in o}
    equal(sorted(told), sorted(wanted), "operations")
    for name, operation in wanted.items():
        for what in ("request", "reply"):
            attributes = operation["do"].get(what, {}).get("attributes", [])
            equal(listed(told[name], what.capitalize()), attributes,
                  "%s, %s" % (name, what))
        equal("Dump: " in told[name], "dump" in operation, name + ", dump")


@case("sipfast(7): notifications and the multicast groups")
def _():
    told = dict(UAPI.tagged("NOTIFICATIONS"))
    equal(list(told), ["%s as %s" % (o["name"], o["notify"])
                       if "notify" in o else o["name"] for o in OPERATIONS
                       if "notify" in o or "event" in o], "notifications")
    for operation in (o for o in OPERATIONS if "event" in o):
        equal(listed(told[operation["name"]], "Holds"),
              operation["event"]["attributes"], operation["name"])
    text = " ".join(line for entry in UAPI.entries for line in entry[3])
    for group in names(YAML["mcast-groups"]["list"]):
        assert '"%s"' % group in text, group


@case("sipfast(7): attribute sets, values, and nothing else")
def _():
    equal(UAPI.subsections("ATTRIBUTES"), list(SETS), "sets")
    equal(UAPI.subsections("VALUES"), list(ENUMS), "values")


def check_set(name):
    """An attribute set; what aligns is spoken of once, for all sets."""
    equal([tag for tag, _ in UAPI.tagged("ATTRIBUTES", name)],
          ["%s %s" % (a["name"], kind(a)) for a in SETS[name]
           if a["type"] != "pad"], "attributes")
    pads = {a["name"] for a in SETS[name] if a["type"] == "pad"}
    equal(pads - {"pad"}, set(), "attributes that align")


def check_enum(name):
    equal([tag for tag, _ in UAPI.tagged("VALUES", name)],
          names(ENUMS[name]["entries"]), "entries")


for one in SETS:
    case("sipfast(7): attributes of " + one, one)(check_set)
for one in ENUMS:
    case("sipfast(7): values of " + one, one)(check_enum)


@case("sipfast(7): constants")
def _():
    text = " ".join(line for entry in UAPI.entries for line in entry[3])
    for const in (d for d in YAML["definitions"] if d["type"] == "const"):
        name = "SIPFAST_" + const["name"].upper().replace("-", "_")
        assert "%s, %d" % (name, const["value"]) in text, name


def check_keys(where, values):
    """Keys of a JSON object are attributes, and what nests, nests."""
    attributes = {a["name"]: a for a in SETS[where]}
    for key, value in values.items():
        assert key in attributes, "%s: no such key: %s" % (where, key)
        attribute = attributes[key]
        for one in value if attribute.get("multi-attr") else [value]:
            equal(isinstance(one, dict), attribute["type"] == "nest", key)
            if isinstance(one, dict):
                check_keys(WHOLE[attribute["nested-attributes"]], one)


@case("sipfast(7): the examples are requests")
def _():
    text = "".join(UAPI.examples)
    requests = re.findall(r"(session)-new --json '(.*?)'|"
                          r"(device)-new --json '(.*?)'|"
                          r"(session) add -f - <<'END'.*?\n(.*?)\nEND", text,
                          re.DOTALL)
    equal(len(requests), 4, "requests found")
    for groups in requests:
        where, document = (group for group in groups if group)
        check_keys(where, json.loads(document))


# --- sipfastctl(8) ----------------------------------------------------------

def help_of(*words):
    """What sipfastctl tells of some words: the lines with names in them."""
    text = subprocess.run([SIPFASTCTL, *words, "--help"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return text, re.findall(r"^  (\w\S*)((?: \S+)*)(?:  |$)",
                            text.split("\nOptions:")[0], re.MULTILINE)


def commands():
    """Each command with its words: "session show ID"."""
    for noun, words in help_of()[1]:
        if words != " VERB":
            yield noun + words
            continue
        for verb, more in help_of(noun)[1]:
            yield "%s %s%s" % (noun, verb, more)


@case("sipfastctl(8): each noun and verb, with its words")
def _():
    nouns = [noun for noun, _ in help_of()[1]]
    assert len(nouns) >= 8, nouns
    told = [tag for tag, _ in Page("sipfastctl.8").tagged("COMMANDS")
            if tag.split()[0] in nouns]
    equal(sorted(told), sorted(commands()), "commands")


@case("sipfastctl(8): each option")
def _():
    told = [re.match("-., --[a-z]+", tag).group() for tag, _
            in Page("sipfastctl.8").tagged("OPTIONS")]
    equal(told, re.findall("^  (-., --[a-z]+)", help_of()[0], re.MULTILINE),
          "options")


@case("manual pages are well-formed")
def _():
    if not shutil.which("mandoc"):
        return "SKIP needs mandoc"
    subprocess.run(["mandoc", "-Tlint", "-Wwarning"]
                   + sorted(glob.glob(MAN + "/*.[1-9]")), check=True,
                   stdout=sys.stderr)
    return None


# --- the completion ---------------------------------------------------------

def offered(line, program="false"):
    """What the completion offers at the end of a line, as bash calls it."""
    piece = re.search(r"[^\s:@=]*$", line).group()
    return subprocess.run(
        ["bash", "-c", '. "$1"; COMP_LINE=$2 COMP_POINT=${#2}; '
         '_sipfastctl "$3" "$4" ""; printf "%s\\n" "${COMPREPLY[@]}"',
         "bash", COMPLETION, line, program, piece],
        check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def request_of(operation):
    found = [o for o in OPERATIONS if o["name"] == operation]
    return set(found[0]["do"]["request"]["attributes"])


def settable(name, replies_only=()):
    return set(names(SETS[name])) - set(replies_only)


@case("completion: each noun, verb and option")
def _():
    nouns = [noun for noun, _ in help_of()[1]]
    equal(offered("sipfastctl "), nouns, "nouns")
    equal(offered("sipfastctl -j s"), [n for n in nouns if n[0] == "s"],
          "nouns after an option")
    for noun, words in help_of()[1]:
        if words == " VERB":
            equal(offered("sipfastctl %s " % noun),
                  [verb for verb, _ in help_of(noun)[1]] + ["--help"], noun)
    options = re.findall("^  (-.), (--[a-z]+)", help_of()[0], re.MULTILINE)
    equal(set(offered("sipfastctl -")), {o for pair in options for o in pair},
          "options")


@case("completion: the words of a session and of a pinhole")
def _():
    add = "sipfastctl session add "
    session = request_of("session-new")
    side = settable("side", ("learned", "stats"))
    equal(set(offered(add)), session | {"-f"}, "session")
    equal(set(offered(add + "stream ")), session | settable("stream"),
          "stream")
    equal(set(offered(add + "stream a local 192.0.2.1:5000 ")),
          session | settable("stream") | side, "side")
    equal(set(offered("sipfastctl session set 1 ")),
          request_of("session-set") - {"id"}, "session set")
    equal(set(offered("sipfastctl pinhole add ")), request_of("pinhole-new"),
          "pinhole")


@case("completion: values")
def _():
    before = {"stream": "session add stream ", "device": "device add eth0 ",
              "side": "session add stream b remote [2001:db8::a]:4000 "}
    n_enums = 0
    for where, words in before.items():
        for attribute in SETS[where]:
            if "enum" not in attribute:
                continue
            n_enums += 1
            equal(offered("sipfastctl %s%s " % (words, attribute["name"])),
                  names(ENUMS[attribute["enum"]]["entries"]),
                  attribute["name"])
    assert n_enums >= 8, n_enums
    equal(offered("sipfastctl session add cookie rule "),
          offered("sipfastctl session add lifetime-ms 5 "), "a name as value")


PROGRAM = r"""#!/bin/sh
case "$*" in
*session*)	printf 'ID   KIND\n7.0  rtp\n7.1  rtcp\n12.0  rtp\n' ;;
*pinhole*)	printf 'ID  LOCAL\n 3  *:5060\n' ;;
*device*)	printf 'IFNAME  IFINDEX\nwan0  2\n' ;;
*call*)		printf 'call 1a@ua\n  state: up\ncall $(touch %s)@x\n' "$0.bad" ;;
esac
"""


@case("completion: what there is, and nobody's text is run")
def _():
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "sipfastctl")
        with open(program, "w", encoding="ascii") as file:
            file.write(PROGRAM)
        os.chmod(program, 0o755)
        for line, wanted in (("session show ", ["7", "12"]),
                             ("session del 1", ["12"]),
                             ("-p session set ", ["7", "12", "-f"]),
                             ("pinhole del ", ["3"]),
                             ("device del ", ["wan0"]),
                             ("call show ", ["1a@ua"]),
                             ("call show 1a@", ["ua"]),
                             ("session show 7 ", [])):
            equal(offered("sipfastctl " + line, program), wanted, line)
        equal(os.listdir(folder), ["sipfastctl"], "files")


def main():
    failed = 0
    print("TAP version 13\n1..%d" % len(CASES))
    for number, (name, check) in enumerate(CASES, 1):
        word, note = "ok", ""
        try:
            skipped = check()
            note = " # " + skipped if skipped else ""
        except Exception as error:  # whatever it is, it is a failure
            print("# " + str(error).replace("\n", "\n# "))
            word, failed = "not ok", failed + 1
        print("%s %d %s%s" % (word, number, name, note), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
