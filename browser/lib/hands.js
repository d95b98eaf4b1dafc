// The hands of somebody who uses a page: a mouse, a finger, or the keyboard alone. A journey is written once and done with each.
//
// Each counts what it does, for an estimate of the time that a person takes (Card, Moran and Newell's keystroke-level model:
// 0.28 s a key, 1.1 s to point, 0.1 s to press, 1.35 s to think before each thing).
const SECONDS = { key: 0.28, point: 1.1, press: 0.1, think: 1.35 };
// How often Tab is pressed before a field counts as out of reach.
const TABS_MAX = 150;

class Hands {
  constructor(page) {
    this.page = page;
    this.seconds = 0;
  }

  takes(...parts) {
    for (const part of parts) this.seconds += SECONDS[part];
  }

  // Types into a field.
  async type(selector, text) {
    await this.reach(selector);
    await this.page.keyboard.type(text);
    for (const _ of text) this.takes('key');
  }
}

class Mouse extends Hands {
  async press(selector) {
    this.takes('think', 'point', 'press');
    await this.page.locator(selector).first().click();
  }

  choose = this.press;
  reach = this.press;

  async file(selector, file) {
    this.takes('think', 'point', 'press', 'point', 'press', 'press');
    await this.page.locator(selector).setInputFiles(file);
  }
}

class Finger extends Mouse {
  async press(selector) {
    this.takes('think', 'point', 'press');
    await this.page.locator(selector).first().tap();
  }
}

class Keyboard extends Hands {
  constructor(page) {
    super(page);
    // A chooser is only told of while somebody listens, and the browser takes a moment to know that: so somebody always does.
    page.on('filechooser', () => {});
  }

  // Goes to what the selector names with Tab alone; of a group of radio buttons, to any.
  async reach(selector) {
    this.takes('think');
    const wanted = this.page.locator(selector).first();
    await wanted.waitFor({ state: 'attached' });
    for (let pressed = 0; pressed < TABS_MAX; pressed++) {
      const found = await wanted.evaluate((element) => {
        const focused = document.activeElement;
        const isGroup = element.type === 'radio' && focused.type === 'radio' && focused.name === element.name;
        if (focused !== element && !isGroup) return null;
        const style = getComputedStyle(focused);
        const box = focused.getBoundingClientRect();
        // Whether something lies over it, such as a bar that stays at the edge of the window.
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        const isCovered = top && top !== focused && !focused.contains(top) && !top.contains(focused) && !focused.labels?.[0]?.contains(top);
        return { isSeen: style.outlineStyle !== 'none' || style.boxShadow !== 'none', isCovered };
      });
      if (found) {
        if (!found.isSeen) throw new Error(`nothing shows that ${selector} has the focus`);
        if (found.isCovered) throw new Error(`${selector} has the focus, and something lies over it`);
        return;
      }
      await this.page.keyboard.press('Tab');
      this.takes('key');
    }
    throw new Error(`${selector} is not reached with Tab`);
  }

  async press(selector) {
    await this.reach(selector);
    const isBox = await this.page.locator(selector).first().evaluate((element) => element.type === 'checkbox');
    await this.page.keyboard.press(isBox ? 'Space' : 'Enter');
    this.takes('key');
  }

  async choose(selector) {
    await this.reach(selector);
    const wanted = this.page.locator(selector).first();
    const isFocused = () => wanted.evaluate((element) => document.activeElement === element);
    // A ring of radio buttons is gone round at most once.
    for (let moved = 0; moved < 30 && !(await isFocused()); moved++) {
      await this.page.keyboard.press('ArrowDown');
      this.takes('key');
    }
    if (!(await wanted.isChecked())) await this.page.keyboard.press('Space');
    this.takes('key');
  }

  async file(selector, file) {
    await this.reach(selector);
    const opened = this.page.waitForEvent('filechooser');
    await this.page.keyboard.press('Space');
    this.takes('key', 'think', 'key', 'key', 'key', 'key');
    await (await opened).setFiles(file);
  }
}

export const mouse = (page) => new Mouse(page);
export const finger = (page) => new Finger(page);
export const keyboard = (page) => new Keyboard(page);
