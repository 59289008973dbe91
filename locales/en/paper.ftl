### Documents for printing

paper-print = Print
paper-report = This report as PDF
paper-letter = Letter of commitment
paper-letter-print = Letter of commitment (PDF)
paper-board = Improvement board
paper-board-print = A3 board (PDF)
paper-five-s = 5S sheet
paper-five-s-print = A3 5S sheet (PDF)
paper-invitation = Invitation to a workshop
paper-invitation-print = Invitations (PDF)
paper-certificate = Certificate of attendance
paper-certificate-print = Certificates of attendance (PDF)
paper-trainer-certificate = Certificate of a trainer
paper-trainer-certificate-of = Certificate for { $module } (PDF)
paper-quote = Quote (PDF)
paper-quote-title = Quote for a training
paper-receipt = Receipt (PDF)
paper-receipt-title = Receipt
paper-receipt-for = Training { $module }, { $day }
paper-receipt-entry = Entry of the ledger
paper-case = This case study as PDF
paper-days = { $count ->
    [one] { $number } day
   *[other] { $number } days
}
paper-fact-what = Document
paper-fact-number = Number
paper-fact-days = Days
paper-fact-attended = Attended
paper-fact-venue = Venue
paper-fact-region = Region
paper-fact-trainer = Trainer
paper-fact-enterprise = Enterprise
paper-fact-module = Module
paper-fact-provider = Provider
paper-fact-from = Valid from
paper-fact-until = Valid until
paper-check-title = Check of a certificate
paper-check-lead = By our records this certificate is
paper-check-valid = genuine and valid
paper-check-expired = genuine and past its last day
paper-check-withdrawn = no longer valid
paper-check-struck = void: the name is no longer on the attendance list
paper-check-note = Compare name, module and number with what the paper says. If they differ, the paper is not ours.
paper-check-short = not given: attendance was too short
