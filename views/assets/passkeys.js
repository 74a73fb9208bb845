/* Passkeys: asks the browser for one, and sends its answer by the page's form. Texts come from data attributes. */
'use strict';
(() => {
  if (typeof PublicKeyCredential !== 'function' || !navigator.credentials) return;
  for (const one of document.querySelectorAll('[data-passkeys]')) one.hidden = false;
  for (const one of document.querySelectorAll('[data-passkeys-missing]')) one.hidden = true;

  /* By hand, as the browser's own way from and to JSON is younger than passkeys are. */
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const answerOf = ({ rawId, type }, response) => JSON.stringify({ id: text(rawId), rawId: text(rawId), type, response });

  const ask = {
    async create(options) {
      const made = await navigator.credentials.create({
        publicKey: {
          ...options,
          challenge: bytes(options.challenge),
          user: { ...options.user, id: bytes(options.user.id) },
          excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
        },
      });
      const { clientDataJSON, attestationObject } = made.response;
      return answerOf(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports: made.response.getTransports?.() ?? [] });
    },
    async get(options) {
      const shown = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] } });
      const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
      return answerOf(shown, {
        clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: text(userHandle ?? new ArrayBuffer(0)),
      });
    },
  };

  async function optionsOf(form) {
    const { options, optionsAt } = form.dataset;
    if (options) return JSON.parse(options);
    const body = new URLSearchParams({ _csrf: form.elements._csrf.value });
    const answer = await fetch(optionsAt, { method: 'POST', body, headers: { accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /* What the browser calls it, in the page's words. */
  const wordOf = { NotAllowedError: 'cancelled', AbortError: 'cancelled', InvalidStateError: 'there', NotSupportedError: 'unfit', ConstraintError: 'unfit' };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const place = form.querySelector('[role="alert"]');
    let isAsking = false;
    let isAnswered = false;
    form.addEventListener('submit', async (event) => {
      if (isAnswered) { isAnswered = false; return; }
      event.preventDefault();
      if (isAsking) return;
      isAsking = true;
      place.textContent = '';
      try {
        form.elements.answer.value = await ask[form.dataset.passkey](await optionsOf(form));
        isAnswered = true;
        form.requestSubmit();
      } catch (error) {
        place.textContent = form.dataset[wordOf[error.name] ?? 'failed'];
      } finally {
        isAsking = false;
      }
    });
  }
})();
