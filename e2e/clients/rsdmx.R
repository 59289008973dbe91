# Reads a flow with rsdmx and prints it as CSV.
#
#     Rscript rsdmx.R BASE AGENCY FLOW KEY

if (!requireNamespace("rsdmx", quietly = TRUE)) quit(status = 77)
suppressMessages(library(rsdmx))
arguments <- commandArgs(TRUE)
builder <- SDMXREST21RequestBuilder(
  regUrl = paste0(arguments[1], "/sdmx/v1"), repoUrl = paste0(arguments[1], "/sdmx/v1"), compliant = TRUE
)
addSDMXServiceProvider(SDMXServiceProvider(agencyId = "LUMBUNG", name = "Lumbung", builder = builder))
key <- if (length(arguments) > 3 && nzchar(arguments[4])) arguments[4] else "all"
data <- suppressMessages(readSDMX(
  providerId = "LUMBUNG", resource = "data", flowRef = arguments[3], key = key, dsd = TRUE
))
write.csv(as.data.frame(data), row.names = FALSE)
