/* sale.js: another plan has another price; without it the server asks again */
'use strict';

(() => {
  const plan = document.getElementById('plan');

  plan.addEventListener('change', () => {
    const { price } = plan.selectedOptions[0].dataset;
    for (const id of ['price', 'paid']) document.getElementById(id).value = price;
    document.getElementById('plan-was').value = plan.value;
  });
})();
