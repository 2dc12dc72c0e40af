/* ---
name: activation_outcomes
description: What became of the people of each delivery, and why.
columns:
  delivery_id: the delivery
  outcome: added, updated, removed, failed, unknown, held_out or suppressed
  reason: the rule that held, or the destination's code; empty where all is well
  profiles: how many
people: profiles
groups: [outcome, reason]
--- */
select delivery_id, outcome, reason, profiles
from activation.delivery_outcomes
-- The deliveries are what says that there is something new.
semi join activation.deliveries using (delivery_id)
order by delivery_id, outcome, profiles desc, reason
