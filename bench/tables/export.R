# Writes tables of R's packages as CSV: Rscript export.R <folder of the packages> <folder of xgboost's data> <folder of the tables>
arguments <- commandArgs(trailingOnly = TRUE)
library_folder <- arguments[1]
xgboost_folder <- arguments[2]
folder <- arguments[3]

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

write_table <- function(name, values) {
  write.csv(values, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
  cat(name, nrow(values), ncol(values), "\n")
}

# Returns the mushrooms of xgboost, which has them as a sparse matrix: a column such as "odor=none" for each category.
mushrooms <- function() {
  parts <- lapply(c("agaricus.train", "agaricus.test"), function(name) {
    room <- new.env()
    load(file.path(xgboost_folder, paste0(name, ".rda")), envir = room)
    part <- room[[name]]
    # The slots are read as attributes, so that no package for matrices is needed.
    starts <- attr(part$data, "p")
    pairs <- strsplit(attr(part$data, "Dimnames")[[2]], "=", fixed = TRUE)
    features <- unique(vapply(pairs, function(pair) pair[1], ""))
    values <- matrix(NA_character_, length(part$label), length(features), dimnames = list(NULL, features))
    for (column in seq_along(pairs)) {
      rows <- attr(part$data, "i")[seq_len(starts[column + 1] - starts[column]) + starts[column]] + 1
      if (pairs[[column]][2] != "missing") values[rows, pairs[[column]][1]] <- pairs[[column]][2]
    }
    data.frame(class = ifelse(part$label == 1, "poisonous", "edible"), values, check.names = FALSE)
  })
  do.call(rbind, parts)
}

for (table in tables) {
  room <- new.env()
  # Some packages load their data on demand, others keep a file for each data set.
  found <- suppressWarnings(data(list = table[[3]], package = table[[2]], lib.loc = library_folder, envir = room))
  write_table(table[[1]], as.data.frame(get(table[[3]], envir = room)))
}
write_table("mushrooms", mushrooms())
