from labkube import node


def test_name_servers_that_pods_can_not_reach_are_left_out():
    text = "search example.org\nnameserver 127.0.0.11\nnameserver 192.0.2.53\noptions ndots:0\n"
    assert node.resolv_conf(text) == "search example.org\nnameserver 192.0.2.53\noptions ndots:0\n"


def test_coredns_always_has_a_name_server():
    assert node.resolv_conf("nameserver 127.0.0.53\nnameserver ::1\n") == "nameserver 8.8.8.8\n"
    assert node.resolv_conf("") == "nameserver 8.8.8.8\n"
