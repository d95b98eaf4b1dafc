// What is done with a return over the API, where a test is about something else.
import { api } from './desk.js';

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

// Lets a case's goods come, as a representative does.
export const authorise = (desk, order, found, units) => {
  const instructions = `instructions-${found}`;
  const command = { case: found, units, instructions, expires_on: inDays(30) };
  const texts = { [instructions]: 'Pack it well, and put the slip on the box.' };
  return api(desk, 'representative', 'POST', `/orders/${order}/authorise`, { command, texts });
};

// Lets a unit of the first line come and be inspected, so that its refund waits; gives the case.
export async function readyForRefund(desk, order, number, serial) {
  const unit = { line: 'L1', number };
  const claims = [{ units: [unit], cause: 'quality', remedy: 'refund', condition: 'used' }];
  const { case: found } = await api(desk, 'owner', 'POST', `/orders/${order}/cases`, { claims });
  await authorise(desk, order, found, [unit]);
  const ask = (name, command) => api(desk, 'owner', 'POST', `/orders/${order}/${name}`, { command });
  await ask('receive_parcel', { parcel: `P-${found}`, case: found, items: [{ kind: 'serial', serial }] });
  await ask('inspect_unit', { case: found, unit, condition: 'used', fault_found: true });
  return found;
}
