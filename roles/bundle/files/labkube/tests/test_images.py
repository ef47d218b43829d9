from labkube import images


def test_the_first_pods_images_come_first(tmp_path):
    for name in ("app.tar", "coredns.tar", "pause.tar", "notes.txt", "more.tar.gz"):
        (tmp_path / name).write_text(name)
    names = [path.name for path in images.pending(tmp_path, {}, ["pause", "coredns"])]
    assert names == ["pause.tar", "coredns.tar", "app.tar", "more.tar.gz"]


def test_an_imported_archive_is_not_imported_again(tmp_path):
    archive = tmp_path / "app.tar"
    archive.write_text("one")
    imported = {"app.tar": images.fingerprint(archive)}
    assert images.pending(tmp_path, imported, []) == []
    archive.write_text("another")
    assert images.pending(tmp_path, imported, []) == [archive]


def test_a_link_counts_by_what_it_leads_to(tmp_path):
    bundle = tmp_path / "bundle.tar"
    bundle.write_text("one")
    directory = tmp_path / "images"
    directory.mkdir()
    link = directory / "app.tar"
    link.symlink_to(bundle)
    imported = {"app.tar": images.fingerprint(link)}
    bundle.write_text("another")
    assert images.pending(directory, imported, []) == [link]


def test_a_link_to_nothing_is_no_archive(tmp_path):
    (tmp_path / "app.tar").symlink_to(tmp_path / "gone")
    assert images.pending(tmp_path, {}, []) == []
