# Writes tables of R's packages as CSV: Rscript export.R <folder of the packages> <folder of the tables>
arguments <- commandArgs(trailingOnly = TRUE)
library_folder <- arguments[1]
folder <- arguments[2]

# The name of the file, the package and the data set.
tables <- list(
  list("titanic", "carData", "TitanicSurvival"),
  list("german-credit", "caret", "GermanCredit"),
  list("credit", "modeldata", "credit_data"),
  list("churn", "modeldata", "wa_churn"),
  list("attrition", "modeldata", "attrition"),
  list("pima", "mlbench", "PimaIndiansDiabetes2"),
  list("vehicle", "mlbench", "Vehicle"),
  list("satellite", "mlbench", "Satellite"),
  list("spam", "kernlab", "spam"),
  list("income", "kernlab", "income"),
  list("concrete", "modeldata", "concrete"),
  list("ames", "modeldata", "ames"),
  list("sacramento", "modeldata", "Sacramento"),
  list("boston", "mlbench", "BostonHousing"),
  list("cars", "modeldata", "car_prices"),
  list("diamonds", "ggplot2", "diamonds")
)

for (table in tables) {
  room <- new.env()
  # Some packages load their data on demand, others keep a file for each data set.
  found <- suppressWarnings(data(list = table[[3]], package = table[[2]], lib.loc = library_folder, envir = room))
  values <- as.data.frame(get(table[[3]], envir = room))
  write.csv(values, file.path(folder, paste0(table[[1]], ".csv")), row.names = FALSE, na = "")
  cat(table[[1]], nrow(values), ncol(values), "\n")
}
