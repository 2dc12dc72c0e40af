-- Chance as a function of (seed, purpose, id). The engine's hash of several arguments is not used: it leaves uniforms of
-- two purposes 88% correlated. The purpose's hash, xored into the id before it is hashed, is clean and much faster.
create macro uniform(purpose, id) as
  ((hash(xor(hash(getvariable('seed') || ':' || purpose), id::ubigint)) >> 11)::double + 0.5) / 9007199254740992.0;

create macro exponential(purpose, id) as -ln(uniform(purpose, id));

-- Half the square of a normal variate (Box and Muller 1958), which is a Gamma(1/2).
create macro gamma_half(purpose, id) as
  exponential(purpose || ' radius', id) * pow(cos(2 * pi() * uniform(purpose || ' angle', id)), 2);

create macro gamma_4(purpose, id) as
  exponential(purpose || ' 1', id) + exponential(purpose || ' 2', id)
  + exponential(purpose || ' 3', id) + exponential(purpose || ' 4', id);

create macro gamma_6(purpose, id) as
  gamma_4(purpose, id) + exponential(purpose || ' 5', id) + exponential(purpose || ' 6', id);

create macro pick(items, share) as items[1 + floor(share * len(items))::integer];
