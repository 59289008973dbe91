## Where every role begins its day
home-doors = What you can open
home-lead-doors = Choose where you work.
home-today = today
home-more = From here
home-of = { $part } of { $all }
home-rupiah = rupiah
home-name = Name
home-where = Place
# Enterprise
home-own-title = My enterprise
home-own-none = Your enterprise has not joined this programme. A provider in your region can enter it; your own plan and numbers will stand here.
home-own-lead = { $product }. { $better } of { $known } numbers that were measured twice are better than at the baseline.
home-own-lead-unmeasured = { $product }. Changes show here once the same numbers have been measured twice.
home-engagement = Open our way
home-fill-in = Fill in numbers
home-register = What is known of us
home-next-visit = Next visit: { $day } { $at }.
home-left-to-do = To be done before: { $words }
home-better = Numbers that are better
home-better-note = of those measured twice
home-saving = Saved a year
home-saving-note = as verified by the trainer
home-projects = Projects finished
home-projects-open = { $count ->
    [0] none is still open
    [one] { $number } is still open
   *[other] { $number } are still open
}
home-numbers = Our numbers
home-numbers-lead = { $better } of { $known } numbers are better.
home-numbers-none = There is no baseline. Fill it in with your trainer; "not tracked" is an answer, too.
home-numbers-caption = Baseline and newest value
home-numbers-note = Only you, your trainer and programme officers see these numbers.
home-numbers-source = Source: your own records. What is held for review does not count.
home-figure = How far each number has moved
home-figure-unit = Per cent since the baseline; to the right is better. Rupiah at the prices of each year.
home-is-better = better
home-is-worse = worse
home-is-same = unchanged
home-not-yet = not measured again yet
home-plan = Our plan
home-plan-caption = Improvement projects of all modules
home-plan-lead = What is still to be done is on top.
home-plan-none = There is no improvement project. The improvement team writes them after the workshop.
home-late = past its day
# Provider
home-tab-provider = Provider
home-provider-title = Provider
home-provider-lead = { $running } enterprises are in a module, { $waiting } wait for their first.
home-running = In a module
home-running-note = enterprises
home-waiting = Waiting for the first module
home-waiting-note = selected, committed, or with a baseline
home-active-trainers = Active trainers
home-renew = { $count ->
    [0] no certificate ends soon
    [one] { $number } trainer with a certificate that ends soon
   *[other] { $number } trainers with a certificate that ends soon
}
home-renew-soon = ends soon
home-renewal = Renewal
home-certificates = Valid certificates
home-last-training = Last taught
home-never-taught = never yet
home-due = Due first
home-due-caption = What comes next, the longest waiting on top
home-due-none = Nothing waits. Select a new enterprise from the register.
home-no-day = no day set
home-all-engagements = All engagements
home-pipeline = Enterprises by state
home-pipeline-caption = Enterprises in every state
home-coming = Trainings to come
home-coming-caption = The next three months
home-coming-none = No training is planned for the next three months.
home-plan-training = Plan a training
home-recovery = Cost recovery
home-recovery-caption = The last five years with entries
home-recovery-more = All of cost recovery
home-trainers-more = All trainers
home-trainers = Our trainers
home-trainers-caption = Level and certificates today
# From the register to the programme
home-programmes = Programmes
home-programmes-none = This enterprise has not joined a programme.
home-start = Start an engagement
home-numbers-of = Numbers
home-back-to-engagement = Back to the enterprise's way
home-reports = Module reports wait for you
home-reports-words = { $number } reports were sent by trainers and have not been read.
