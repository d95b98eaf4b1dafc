// A hand scanner: a keyboard that types fast and ends with Enter.
export const scan = (page, text) => page.keyboard.type(`${text}\n`, { delay: 2 });
