// A hand scanner: a keyboard that types fast and ends with Enter.
export const scan = (page, text) => page.keyboard.type(`${text}\n`, { delay: 2 });

// Waits until the field for scans has the focus, as a person at a dock would see it.
export const ready = (page) => page.locator('#scan:focus').waitFor();
