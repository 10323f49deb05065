// The emulator of npm's telegram-test-api, with what a strict client misses in it: a whole bot user, dates in
// seconds, what an edit returns, and a status that says what is wrong. It serves on a free port of this
// machine, which it writes to standard output, and stops when its standard input ends.
const { TelegramServer } = require('telegram-test-api/lib/telegramServer');

const BOT = { id: 666, is_bot: true, first_name: 'Test First name', username: 'TestNameBot' };
const seconds = () => Math.floor(Date.now() / 1000);

class Server extends TelegramServer {
  addBotMessage(raw, token) {
    const { reply_markup: markup, ...message } = super.addBotMessage(raw, token);
    return { ...message, date: seconds(), from: BOT, ...(markup && { reply_markup: markup }) };
  }

  // What the emulator answers with null, as Telegram does.
  edited({ message_id: id, chat_id: chat }) {
    const found = this.storage.botMessages
      .find((each) => String(each.messageId) === String(id) && String(each.message.chat_id) === String(chat));
    if (!found) {
      return { ok: false, error_code: 400, description: 'Bad Request: message to edit not found' };
    }
    const { text, reply_markup: markup } = found.message;
    const inline = markup && 'inline_keyboard' in markup && { reply_markup: markup };
    const where = { id: Number(chat), first_name: 'Bot', type: 'private' };
    const result = { message_id: Number(id), date: seconds(), from: BOT, chat: where, text, ...inline };
    return { ok: true, result };
  }

  answer(request, given) {
    const method = request.path.split('/').pop();
    if (!given.ok || !request.path.startsWith('/bot')) return given;
    if (method === 'getMe') return { ok: true, result: BOT };
    if (given.result !== null) return given;
    return method.startsWith('editMessage') ? this.edited(request.body) : { ok: true, result: true };
  }
}

// Looked up on the class at each call, so that replacing it is enough.
const format = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  const formatted = format(update);
  const query = formatted.callback_query;
  if (query) {
    query.chat_instance = '1';
    query.message = { date: seconds(), message_id: update.messageId, ...query.message };
  }
  return formatted;
};

const server = new Server({ host: '127.0.0.1', storeTimeout: 600 });
server.config.port = 0; // given to the constructor, 0 would mean 9000
server.webServer.use((request, response, next) => {
  const json = response.json.bind(response);
  response.json = (given) => {
    const told = server.answer(request, given);
    if (told.error_code) response.status(told.error_code);
    return json(told);
  };
  next();
});
const { stack } = server.webServer._router;
stack.splice(2, 0, stack.pop()); // before every route, behind the two layers of express itself
server.start().then(() => process.stdout.write(`http://127.0.0.1:${server.server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
