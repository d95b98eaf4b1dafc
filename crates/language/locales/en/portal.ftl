### The buyer's pages.

portal-policy = Return policy
portal-signed-in = Order { $order }
start-title = Return something
start-text = You need the number of your order and the e-mail address that you gave with it.
