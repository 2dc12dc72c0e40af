/* ---
name: value_parameters
description: The fitted parameters with their standard errors.
columns:
  part: "asked: the model chosen; orders: the model the forecast uses; order_value: Gamma-Gamma"
  place: the parameter's place in its model
  name: the parameter
  estimate: its most likely value
  standard_error: from the observed information; null where it has none
people: none
--- */
with listed as (
  select part, standard_errors, unnest(map_keys(parameters)) as name, unnest(map_values(parameters)) as estimate,
    generate_subscripts(map_keys(parameters), 1) as place
  from derived.value_fit
)
select part, place, name, estimate, standard_errors[name] as standard_error
from listed
order by part, place
