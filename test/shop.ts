/** The workspace.yaml of a shop that ranks by one metric, over all time. */
export const shopWorkspace =
  "name: Shop\ncurrency: EUR\nhistory: 0\nlookbacks: [lifetime]\nmetrics: {spend: {events: [commerce.purchase], expression: sum(value)}}\n";

/** Its sources/orders.yaml: files of `id,customer,day,amount`; a customer is an address. */
export const shopOrders = `columns:
  id: {required: true}
  customer: {required: true, personal: true}
  day: {type: date, required: true}
  amount: {type: decimal, required: true}
id: {rule: column, column: id}
identities: [{namespace: email, from: customer, primary: true}]
time: day
events: [{type: commerce.purchase, value: amount}]
`;
