// Bets without a kernel: what stands below a form is covered until a bet is placed or asked for, and each card shows
// what the bet came to. The page loads this script at each form and card, so that nothing shows before it is covered.
(function () {
  const key = name => "bet:" + location.pathname.split("/").pop() + ":" + name;
  const recall = name => { try { return localStorage.getItem(key(name)); } catch (error) { return null; } };
  const keep = (name, value) => {
    try { value === null ? localStorage.removeItem(key(name)) : localStorage.setItem(key(name), value); }
    catch (error) { /* a page from a folder may not keep anything */ }
  };
  const form = name => document.querySelector(`form.bet[data-bet="${name}"]`);
  const placed = window.placedBets = window.placedBets || {};  // name -> bet, "" for one who asked, null for nothing

  function card(name, bet) {
    const data = JSON.parse(document.querySelector(`script[data-cards="${name}"]`).textContent);
    if (!bet) return data.told;
    if (data.cards) return data.cards[bet] || data.told;
    const off = Math.abs(Number(bet) - data.outcome);
    const text = off <= data.close ? data.right : data.wrong;
    return text.replace("{bet}", Number(bet)).replace("{off}", Number(off.toPrecision(2)));
  }

  function draw(name) {
    const bet = placed[name], open = bet === null, place = form(name);
    if (place) {
      place.hidden = false;
      place.toggleAttribute("data-open", open);
      place.querySelectorAll("input, button:not([data-back])").forEach(e => { e.disabled = !open; });
      place.querySelector("[data-back]").hidden = open;
      place.querySelector("output").textContent = open ? "What comes next is covered until then." : "";
    }
    document.querySelectorAll(`.reveal[data-bet="${name}"]`).forEach(e => { e.innerHTML = card(name, bet); });
  }

  function settle(name, bet) {
    placed[name] = bet;
    keep(name, bet);
    draw(name);
  }

  function start(place) {
    const name = place.dataset.bet, field = place.elements[name];
    placed[name] = recall(name);
    if (placed[name]) field.value = placed[name];
    place.addEventListener("submit", event => {
      event.preventDefault();
      settle(name, field.value.trim().toLowerCase());
    });
    place.querySelector("[data-ask]").addEventListener("click", () => settle(name, ""));
    place.querySelector("[data-back]").addEventListener("click", () => settle(name, null));
    draw(name);
  }

  document.querySelectorAll("form.bet:not([data-ready])").forEach(place => {
    place.dataset.ready = "";
    start(place);
  });
  document.querySelectorAll(".reveal:not([data-ready])").forEach(e => {
    e.dataset.ready = "";
    if (e.dataset.bet in placed) draw(e.dataset.bet);
  });

  if (window.watchesBets) return;
  window.watchesBets = true;
  const seek = () => {  // a link to what is covered leads to the bet that covers it
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && !target.getClientRects().length) document.querySelector("form.bet[data-open]").scrollIntoView();
  };
  window.addEventListener("hashchange", seek);
  window.addEventListener("load", seek);
})();
