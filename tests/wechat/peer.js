// Two foreign readers of WeChat's encryption: standard input is a list of cases, standard output what they make of it.
const wecom = require('@wecom/crypto');
const WXBizMsgCrypt = require('wechat-crypto');

let input = '';
process.stdin.on('data', (chunk) => { input += chunk; }).on('end', () => {
  const { token, key, appid, cases } = JSON.parse(input);
  const other = new WXBizMsgCrypt(token, key, appid);
  process.stdout.write(JSON.stringify(cases.map(({ sealed, timestamp, nonce, text, random }) => {
    const one = wecom.decrypt(key, sealed);
    const two = other.decrypt(sealed);
    return {
      opened: [one.message, two.message],
      appids: [one.id, two.id],
      signatures: [wecom.getSignature(token, timestamp, nonce, sealed), other.getSignature(timestamp, nonce, sealed)],
      fixed: wecom.encrypt(key, text, appid, Buffer.from(random)),
      sealed: other.encrypt(text),
    };
  })));
});
