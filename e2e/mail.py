"""Reminders meet a real mail server: e2e/mail.py LUMBUNG DATA_FOLDER

Server down: the letter waits. Server up: it arrives, once, with encoded headers and nobody else's address.
"""

import datetime
import email
import email.policy
import socket
import sqlite3
import subprocess
import sys

from aiosmtpd.controller import Controller

lumbung, folder = sys.argv[1], sys.argv[2]
name = "UD Batik “Lasem” – Indah é"


class Box:
    """Keeps what it is given."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"


def remind():
    command = [lumbung, "remind", "--data-dir", folder]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
with open(f"{folder}/lumbung.toml", "a") as settings:
    settings.write(f'\n[mail]\nsmtp = "127.0.0.1:{port}"\nfrom = "Lumbung <lumbung@kantor.go.id>"\ntls = false\n')

# A visit tomorrow, of an enterprise with a name that no header can hold as it is.
tomorrow = (datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))) + datetime.timedelta(days=1)).date()
ledger = sqlite3.connect(f"{folder}/ledger.sqlite")
account, address = ledger.execute("select id, email from account where not disabled order by id limit 1").fetchone()
ledger.executescript(f"""
    insert into enterprise (id, canonical_id, name, name_key, region, detail, recorded_by, recorded_at, changed_by,
        changed_at) values ('e2e', 'e2e', '{name}', 'batik', '33', '{{}}', 'operator', '', 'operator', '');
    insert into engagement (id, enterprise_id, programme, phase, product, organisation_id, region, state, version,
        selected_on, changed_by, changed_at)
        values ('e2e', 'e2e', 'p', 'x', 'y', 'o', '33', 'delivering', 1, '2026-01-01', 'operator', '');
    insert into course (id, engagement_id, module, edition, opened_on) values ('e2e', 'e2e', 'm', '1', '2026-01-01');
    insert into visit (id, engagement_id, course_id, planned_on, starts_at, trainer_id, state, version)
        values ('e2e', 'e2e', 'e2e', '{tomorrow}', '09:00', '{account}', 'planned', 1);
""")
ledger.commit()

down = remind()
assert down.returncode == 1, down
assert "menunggu" in down.stderr or "wait" in down.stderr, down.stderr
state = ledger.execute("select state, failure from reminder where subject = 'e2e'").fetchone()
assert state[0] == "due" and state[1], state

box = Box()
server = Controller(box, hostname="127.0.0.1", port=port)
server.start()
try:
    up = remind()
    assert up.returncode == 0, up
    own = [(to, letter) for to, letter in box.letters if name in letter["Subject"]]
    assert len(own) == 1, [letter["Subject"] for _, letter in box.letters]
    to, letter = own[0]
    assert to == [address], to
    assert letter["From"].addresses[0].addr_spec == "lumbung@kantor.go.id", letter["From"]
    assert letter["Auto-Submitted"] == "auto-generated" and letter["Message-ID"], letter.as_string()
    words = letter.get_content()
    assert "/delivery/engagements/e2e" in words and "/office/account" in words, words
    others = {word.strip("<>,.") for word in words.split() if "@" in word} - {address}
    assert not others, others
    before = len(box.letters)
    again = remind()
    assert again.returncode == 0 and len(box.letters) == before, "a reminder was sent twice"
finally:
    server.stop()
print(f"{before} letters arrived, each once; while the server was down they waited")
