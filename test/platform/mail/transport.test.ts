import { domainToASCII } from 'node:url';
import { expect } from 'chai';
import { createMailTransport, type Attempt } from '../../../src/platform/mail/transport.ts';
import type { OutgoingMail } from '../../../src/platform/mail/message.ts';
import { deadUrl, outgoing, refusal, sender, startCutOff, startMailbox, type Mailbox } from './support.ts';

const nothing = async (): Promise<void> => undefined;

describe('mail over SMTP', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  const mailbox = async (...args: Parameters<typeof startMailbox>): Promise<Mailbox> => {
    const started = await startMailbox(...args);
    open.push(started);
    return started;
  };
  const send = (url: string, mail: Partial<OutgoingMail> = {}, beforeText = nothing): Promise<Attempt> =>
    createMailTransport({ url, sender }).send({ ...outgoing, ...mail }, beforeText);

  it('a mail arrives with both parts, its thread and the marks of an automatic mail', async () => {
    const box = await mailbox();
    const attempt = await send(box.url, { text: '您好：\n第二行\n', html: '<p>您好：</p>' });
    expect(attempt).to.deep.equal({ outcome: 'accepted', reply: '250 taken' });
    const [mail] = box.received;
    expect(mail?.from).to.equal('noreply@xinzhi.example');
    expect(mail?.to).to.deep.equal(['handler@scjg.example']);
    const { parsed } = mail!;
    expect(parsed.subject).to.equal(outgoing.subject);
    expect(parsed.text).to.equal('您好：\n第二行\n');
    expect(parsed.html).to.contain('<p>您好：</p>');
    expect(parsed.messageId).to.equal(outgoing.messageId);
    expect(parsed.inReplyTo).to.equal(outgoing.threadId);
    expect(parsed.references).to.equal(outgoing.threadId);
    expect(parsed.date?.toISOString()).to.equal('2026-09-24T02:00:00.000Z');
    expect(parsed.from?.value[0]).to.include({ address: 'noreply@xinzhi.example', name: '信治' });
    const header = (name: string): unknown => parsed.headers.get(name);
    expect(header('auto-submitted')).to.equal('auto-generated');
    expect(header('x-auto-response-suppress')).to.equal('All');
    expect(header('precedence')).to.equal(undefined);
    expect(header('x-request-id')).to.equal('req-1');
    expect(header('x-xinzhi-case')).to.equal('XZ-2026-000123');
    expect(header('content-language')).to.equal('zh-CN');
  });

  it('a Chinese subject is pure ASCII on the wire, in lines of at most 78 characters', async () => {
    const box = await mailbox();
    await send(box.url, { subject: `[XZ-2026-000123] 请核实：${'某食品公司使用过期原料'.repeat(5)}` });
    const head = box.received[0]!.raw.toString('latin1').split('\r\n\r\n')[0]!;
    expect(head).to.match(/^[\x20-\x7e\r\n\t]+$/);
    expect(Math.max(...head.split('\r\n').map((line) => line.length))).to.be.at.most(78);
    expect(head).to.contain('=?UTF-8?');
  });

  it('line breaks in subject, case number and request id add no header', async () => {
    const box = await mailbox();
    await send(box.url, {
      subject: '题目\r\nBcc: all@example.com\r\n\r\nbody',
      caseNo: 'XZ-1\r\nX-Evil: 1',
      requestId: 'a\nBcc: all@example.com',
    });
    const { parsed, to, raw } = box.received[0]!;
    expect(to).to.deep.equal(['handler@scjg.example']);
    const names = parsed.headerLines.map(({ key }) => key);
    expect(names).to.not.include('bcc');
    expect(names).to.not.include('x-evil');
    expect(raw.toString('latin1').split('\r\n\r\n')[0]).to.not.match(/^(bcc|x-evil):/im);
  });

  it('an address that would end the SMTP command is refused before it is spoken', async () => {
    const box = await mailbox();
    const attempt = await send(box.url, { recipient: 'a@b.example>\r\nRCPT TO:<c@d.example' });
    expect(attempt.outcome).to.not.equal('unknown');
    expect(box.received.flatMap(({ to }) => to)).to.not.include('c@d.example');
  });

  it('an internationalised domain is spoken in its ASCII form', async () => {
    const box = await mailbox();
    expect((await send(box.url, { recipient: 'office@信用.example' })).outcome).to.equal('accepted');
    expect(box.received[0]?.raw.toString('latin1')).to.contain(`To: office@${domainToASCII('信用.example')}`);
  });

  it('with the empty return path the sender stays in the letter only', async () => {
    const box = await mailbox();
    await createMailTransport({ url: box.url, sender, returnPath: null }).send(outgoing, nothing);
    expect(box.received[0]?.from).to.equal('');
    expect(box.received[0]?.parsed.from?.value[0]?.address).to.equal('noreply@xinzhi.example');
  });

  it('signs in where the server wants it', async () => {
    const box = await mailbox({
      authOptional: false,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'xinzhi' && password === 'p@ss' ? done(null, { user: username }) : done(new Error('wrong')),
    });
    const right = box.url.replace('smtp://', 'smtp://xinzhi:p%40ss@');
    expect((await send(right)).outcome).to.equal('accepted');
    const wrong = await send(box.url.replace('smtp://', 'smtp://xinzhi:other@'));
    expect(wrong).to.include({ outcome: 'later', away: true });
    const none = await send(box.url);
    expect(none).to.include({ outcome: 'later', away: true });
  });

  it('an unknown recipient (550) is refused for good, with the words of the server', async () => {
    const box = await mailbox({ onRcptTo: (_address, _session, done) => done(refusal(550, '5.1.1 No such mailbox')) });
    expect(await send(box.url)).to.deep.equal({ outcome: 'refused', error: '550 5.1.1 No such mailbox' });
  });

  it('a text the server will not have (554 after DATA) is refused for good', async () => {
    const box = await mailbox({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(refusal(554, '5.7.1 Looks like an advertisement')));
      },
    });
    expect(await send(box.url)).to.deep.equal({ outcome: 'refused', error: '554 5.7.1 Looks like an advertisement' });
  });

  it('a busy mailbox (451) is tried again later, and the next mail need not wait', async () => {
    const box = await mailbox({ onRcptTo: (_address, _session, done) => done(refusal(451, '4.3.2 Greylisted')) });
    expect(await send(box.url)).to.deep.equal({ outcome: 'later', error: '451 4.3.2 Greylisted', away: false });
  });

  it('a text put off (451 after DATA) is tried again later: the server has said that it does not have it', async () => {
    const box = await mailbox({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(refusal(451, '4.3.0 Disk full')));
      },
    });
    expect(await send(box.url)).to.deep.equal({ outcome: 'later', error: '451 4.3.0 Disk full', away: false });
  });

  it('a server that is away is said to be away', async () => {
    const { url } = await deadUrl();
    expect(await send(url)).to.include({ outcome: 'later', away: true });
  });

  it('a server that greets with 554 is away, whatever the mail', async () => {
    const box = await mailbox({ onConnect: (_session, done) => done(refusal(554, 'No service for you')) });
    expect(await send(box.url)).to.include({ outcome: 'later', away: true });
  });

  for (const point of ['greeting', 'MAIL', 'RCPT', 'DATA'] as const) {
    it(`a connection cut off at ${point} has delivered nothing, and is tried again later`, async () => {
      const server = await startCutOff(point);
      open.push(server);
      expect(await send(server.url)).to.include({ outcome: 'later', away: true });
    });
  }

  for (const point of ['text', 'end'] as const) {
    it(`a connection cut off at ${point} may have delivered, and is uncertain`, async () => {
      const server = await startCutOff(point);
      open.push(server);
      expect(await send(server.url)).to.include({ outcome: 'unknown' });
    });
  }

  it('a server that never answers the text is uncertain after the limit', async () => {
    const box = await mailbox({ onData: (stream) => void stream.resume() });
    const transport = createMailTransport({ url: box.url, sender, limitMs: 300 });
    expect(await transport.send(outgoing, nothing)).to.include({ outcome: 'unknown' });
  });

  it('what is done before the text is done once the server is ready for it, and only then', async () => {
    const steps: string[] = [];
    const box = await mailbox({
      onRcptTo: (_address, _session, done) => {
        steps.push('recipient');
        done();
      },
    });
    await send(box.url, {}, async () => void steps.push('before text'));
    expect(steps).to.deep.equal(['recipient', 'before text']);
    const refusing = await mailbox({ onRcptTo: (_address, _session, done) => done(refusal(550, 'no')) });
    await send(refusing.url, {}, async () => void steps.push('never'));
    expect(steps).to.not.include('never');
  });

  it('when that fails, not one byte of the text is sent', async () => {
    const server = await startCutOff('end');
    open.push(server);
    const attempt = await send(server.url, {}, async () => {
      throw new Error('the claim is gone');
    });
    expect(attempt).to.deep.equal({ outcome: 'later', error: 'the claim is gone', away: false });
    expect(server.state.texts).to.equal(0);
  });

  it('a line of a single dot in the text comes through', async () => {
    const box = await mailbox();
    await send(box.url, { text: 'one\n.\ntwo\n' });
    expect(box.received[0]?.parsed.text).to.equal('one\n.\ntwo\n');
  });
});
