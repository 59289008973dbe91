### The shell of every page

language-name = English
site-description = Lumbung: the National Productivity Database of Indonesia. How productive, where, and in what.
skip-to-content = Skip to content
sign-in = Sign in

nav-label = Main
nav-front = Home
nav-datasets = Data
nav-sectors = Sectors
nav-provinces = Provinces
nav-releases = Releases
nav-programmes = Programme
nav-methodology = Methods
crumbs-label = You are here

strip-label = About the data
strip-synthetic-bold = Synthetic data.
strip-synthetic = The figures on this page were made by a program, not collected from enterprises. Not official statistics.

foot-methodology = How we compute
foot-confidentiality = Confidentiality
foot-releases = Releases
foot-classifications = Classifications
foot-api = API and SDMX
foot-about = Lumbung: the National Productivity Database and the SCORE programme. Data may be reused if the source is named.

error-to-front = Back to the front page
error-to-datasets = See all data
error-reference = Reference number:
error-not-found-title = There is no such page
error-not-found = No page, dataset or code has that name.
error-not-found-advice = Check the spelling of the address, or start from the list of datasets. Old releases stay; their names are never reused.
error-bad-request-title = This request cannot be answered yet
error-bad-request = Part of the address or of the form is unknown to us.
error-bad-request-advice = Go back to the page before and choose again from what is offered.
error-unauthorised-title = You need to sign in
error-unauthorised = This page is for people who are signed in.
error-unauthorised-advice = Sign in with your account, then open this address again.
error-forbidden-title = Your role does not allow this
error-forbidden = You are signed in, but this is beyond your role.
error-forbidden-advice = Ask an administrator if you need it.
error-too-large-title = The file is too large
error-too-large = What was sent is larger than we take.
error-too-large-advice = Split the file by year or by province and upload the parts one by one.
error-too-many-title = Too many tries
error-too-many = Too many requests in a short time.
error-too-many-advice = Wait a few minutes, then try again.
error-method-title = This page was opened in the wrong way
error-method = The address exists, but cannot be used like that.
error-method-advice = Open it through a link on the page before.
error-internal-title = Something failed on our side
error-internal = This is not your fault. What was saved is not lost.
error-internal-advice = Try again in a moment. If it fails again, give the reference number below to the administrator.
