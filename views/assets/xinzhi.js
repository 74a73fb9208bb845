/* Comfort on top of pages that are complete without it. Texts come from data attributes, so that this file has no language. */
'use strict';
(() => {
  const words = document.body.dataset;

  const busyForms = new Set();
  let leavingOnPurpose = false;

  let pressing;
  addEventListener('pointerdown', () => {
    pressing = new Promise((done) => { for (const end of ['click', 'pointercancel']) addEventListener(end, done, { once: true }); });
  });

  /* ---- a code is checked as soon as its field is left */
  const checkCode = async (input) => {
    const place = input.parentElement.querySelector('.field-check');
    const value = input.value.trim();
    if (!place || place.dataset.value === value) return;
    place.dataset.value = value;
    delete place.dataset.ok;
    /* A message would push the button away from under a finger that is pressing it. */
    await pressing;
    if (value === '') { place.textContent = ''; return; }
    place.textContent = words.checking;
    try {
      const answer = await fetch(input.dataset.check + encodeURIComponent(value), {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(5000),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { ok, message } = await answer.json();
      if (place.dataset.value !== value) return;
      place.dataset.ok = String(ok);
      place.textContent = message;
      /* What the server said of the former value no longer holds. */
      const field = input.closest('.field');
      field.querySelector('.field-error')?.remove();
      field.classList.toggle('field-wrong', !ok);
      input.setAttribute('aria-invalid', String(!ok));
    } catch {
      if (place.dataset.value !== value) return;
      place.textContent = words.checkFailed;
      place.dataset.value = '';
    }
  };

  /* ---- long texts grow and are counted; by characters as a reader counts them */
  const grows = CSS.supports('field-sizing', 'content');
  const fit = (area) => {
    if (!grows) {
      area.style.height = 'auto';
      area.style.height = `${area.scrollHeight + 2}px`;
    }
    const place = area.dataset.limit && document.getElementById(`${area.id}-limit`);
    if (place && area.value !== '') place.textContent = place.dataset.countText.replace('{count}', String([...area.value].length));
  };

  /* ---- a half-filled form is not left by accident */
  const typed = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]));
  const guarded = [...document.querySelectorAll('form[data-dirty-guard]')].map((form) => ({ form, before: typed(form) }));
  addEventListener('beforeunload', (event) => {
    if (!leavingOnPurpose && guarded.some(({ form, before }) => typed(form) !== before)) event.preventDefault();
  });

  /* ---- one click sends once; a page taken from the history can send again */
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (busyForms.has(form)) { event.preventDefault(); return; }
    busyForms.add(form);
    leavingOnPurpose = true;
    /* An answer that never comes must not lock the form; sent again it is still the same act. */
    setTimeout(release, 15_000);
    const button = event.submitter;
    if (!button) return;
    button.setAttribute('aria-busy', 'true');
    button.dataset.label = button.innerHTML;
    /* After the browser has read the form: a changed button would not be sent. */
    setTimeout(() => { button.textContent = words.sending; }, 0);
  });
  const release = () => {
    busyForms.clear();
    leavingOnPurpose = false;
    for (const button of document.querySelectorAll('[aria-busy="true"]')) {
      button.removeAttribute('aria-busy');
      button.innerHTML = button.dataset.label;
    }
  };
  addEventListener('pageshow', (event) => { if (event.persisted) release(); });

  /* ---- "3 小时前" stays true */
  const steps = [['day', 86400], ['hour', 3600], ['minute', 60]];
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
  const refreshTimes = () => {
    for (const time of document.querySelectorAll('time[data-relative]')) {
      time.title ||= time.textContent;
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      const [unit, size] = steps.find(([, s]) => Math.abs(seconds) >= s) ?? ['minute', 60];
      /* A month on, the date says more than a count of days. */
      time.textContent = Math.abs(seconds) > 30 * 86400 ? time.title : relative.format(Math.trunc(seconds / size), unit);
    }
  };
  setInterval(refreshTimes, 60_000);

  /* ---- a running job is looked at again */
  const lookAgain = async (block) => {
    try {
      const answer = await fetch(block.dataset.again, { headers: { accept: 'text/html' } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const next = page.querySelector('[data-again]');
        if (!next) { location.assign(block.dataset.again); return; }
        block.replaceChildren(...next.childNodes);
      }
    } catch { /* The next round tries again. */ }
    setTimeout(() => void lookAgain(block), block.dataset.againSeconds * 1000);
  };

  document.addEventListener('focusout', (event) => { if (event.target.matches?.('[data-check]')) void checkCode(event.target); });
  document.addEventListener('input', (event) => { if (event.target.matches('textarea')) fit(event.target); });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const open of document.querySelectorAll('.why[open], .topbar-menu[open]')) {
      open.open = false;
      if (open.contains(document.activeElement)) open.querySelector('summary').focus();
    }
  });
  document.addEventListener('click', (event) => {
    for (const open of document.querySelectorAll('.why[open], .topbar-menu[open]')) if (!open.contains(event.target)) open.open = false;
  });

  /* ---- a passage that is selected in the original is masked */
  const markBar = document.querySelector('[data-mark]');
  if (markBar) {
    const source = document.querySelector('[data-mark-into]');
    const into = document.querySelector(`textarea[name="${source.dataset.markInto}"]`);
    let passage = '';
    document.addEventListener('selectionchange', () => {
      const selection = getSelection();
      const within = selection.anchorNode && source.querySelector('section').contains(selection.anchorNode);
      // What is said for ears alone within the text is no part of it.
      const picked = within && selection.rangeCount > 0 ? selection.getRangeAt(0).cloneContents() : null;
      picked?.querySelectorAll('.visually-hidden').forEach((hidden) => hidden.remove());
      const text = picked?.textContent.trim() ?? '';
      if (text !== '') passage = text.split('\n')[0].trim();
    });
    markBar.hidden = false;
    markBar.querySelector('button').addEventListener('click', () => {
      if (passage === '') return;
      const fold = into.closest('details');
      if (fold) fold.open = true;
      // A group of fields that belongs to an outcome is seen once that is chosen.
      const choice = /task-group-(\d)/.exec(into.closest('fieldset')?.className ?? '')?.[1];
      if (choice) into.form.querySelectorAll('input[type="radio"][name="outcome"]')[choice - 1]?.click();
      into.value = [...into.value.split('\n').filter((line) => line.trim() !== ''), passage].join('\n');
      passage = '';
      fit(into);
      into.focus();
    });
  }

  /* ---- what is folded is on paper too: print.css says so, but to newer browsers alone */
  if (!CSS.supports('selector(::details-content)')) {
    let opened = [];
    addEventListener('beforeprint', () => {
      opened = [...document.querySelectorAll('main details:not([open])')];
      for (const one of opened) one.open = true;
    });
    addEventListener('afterprint', () => { for (const one of opened) one.open = false; });
  }

  document.querySelectorAll('textarea').forEach(fit);
  document.querySelectorAll('[data-again]').forEach((block) => { setTimeout(() => void lookAgain(block), block.dataset.againSeconds * 1000); });
  refreshTimes();
  document.querySelector('[data-focus]')?.focus();
})();
