### Mail, reminders, calendars

mail-title = Mail and reminders
mail-lead = { $sent } reminders sent, { $waiting } waiting.
mail-not-set = Mail is not set up.
mail-how = Add [mail] with smtp and from to lumbung.toml in the data folder and start again. Until then sign-in links are shown on the page and no reminders are sent.
mail-none = No reminders yet. They appear here when a visit, baseline, report, follow-up or certificate falls due.
mail-failure = The mail server did not take it ({ $when }): { $reason }
mail-failure-do = Nothing is lost: letters wait and are tried again every ten minutes. Check [mail] in lumbung.toml and the server.
mail-tried = tried { $tries } times: { $reason }
mail-state-due = waiting
mail-state-sent = sent
mail-state-lapsed = no longer needed
mail-kind-visit = Visit
mail-kind-baseline = Baseline
mail-kind-report = Report waiting
mail-kind-follow-up = Follow-up
mail-kind-certificate = Certificate
mail-kind-question = Question in the network
mail-kind-answer = Answer in the network
mail-choice = Mail for you
mail-choice-reminders = Remind me when my visits, baselines, reports, follow-ups or certificates fall due
mail-choice-questions = Tell me when another enterprise asks or answers in the peer network (the words themselves are not sent)
mail-choice-do = Save the choice
mail-choice-done = Your choice is saved.
mail-link-subject = Sign-in link for Lumbung
mail-link-body =
    Dear { $name },

    open this link to set your password:
    { $link }

    It works until { $until } and only once. If you did not ask for it, ignore this mail.
mail-link-sent = The link was sent to { $email }.
mail-link-failed = The link was not sent ({ $reason }). Hand over the link below yourself.
reminder-synthetic = [SYNTHETIC SAMPLE]
reminder-hello = Dear { $name },
reminder-off = You get this mail because you chose so on your account page. Change it at { $link }
reminder-visit-subject = Visit { $day }: { $about }
reminder-visit = your visit to { $about } is planned for { $day }. The plan, and what was agreed last:
reminder-baseline-subject = No baseline yet: { $about }
reminder-baseline = the workshop of { $about } begins on { $day }, and its baseline is missing. Without it results cannot be shown later. Fill it in here:
reminder-report-subject = A report waits since { $day }: { $about }
reminder-report = the module report of { $about } has waited for a reviewer since { $day }. Review it here:
reminder-follow-up-subject = Follow-up { $day }: { $about }
reminder-follow-up = the follow-up of { $about } is due on { $day }. Ask whether the changes last, and fill it in here:
reminder-certificate-subject = Your certificate ends { $day }: { $about }
reminder-certificate = your trainer certificate for { $about } ends on { $day }. See what a renewal needs here:
reminder-question-subject = There is a question for { $about }
reminder-question = on { $day } an enterprise asked { $about } through the peer network. The question itself is not sent by mail. Read and answer it, or decline, here:
reminder-answer-subject = The question of { $about } was responded to
reminder-answer = the question of { $about } in the peer network was responded to on { $day }. Read it here:
calendar-name = Lumbung: trainings and visits
calendar-link-open = Calendar on my phone
calendar-link-title = Calendar on my phone
calendar-link-lead = With a private address your trainings and visits appear in the calendar of your phone or computer and follow every change.
calendar-link-address = The address of your calendar
calendar-link-once = This address is shown once.
calendar-link-secret = Copy it into your calendar (subscribe by URL). Whoever has it can see your days; if it leaks, make a new one.
calendar-link-since = Your address was made { $when }. If it is lost or leaked, make a new one: the old one stops at once.
calendar-link-make = Make a calendar address
calendar-link-renew = Make a new address
calendar-link-download = Download once (ics)
audit-reminder-send = sent a reminder
audit-account-reminders = chose about reminders by mail
audit-account-calendar = made a calendar address
