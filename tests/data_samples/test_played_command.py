"""`xueji sample --home`: what it takes and what it refuses. Whole plays: test_life.py."""

from xueji.pipelines.cli import main

SAMPLE = ["--students", "1000", "--seed", "1", "--date", "2026-11-20"]


def test_a_played_sample_is_parquet(tmp_path, capsys):
    arguments = ["sample", str(tmp_path / "landing"), *SAMPLE, "--home", str(tmp_path / "home"), "--format", "csv"]
    assert main(arguments) == 1
    assert "--format csv: a sample that is played with --home is Parquet" in capsys.readouterr().err
    assert not (tmp_path / "landing").exists()


def test_a_played_sample_wants_a_new_folder(tmp_path, capsys):
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "something").touch()
    assert main(["sample", str(tmp_path / "landing"), *SAMPLE, "--home", str(tmp_path / "home")]) == 1
    assert "is not empty, expected a new or empty folder" in capsys.readouterr().err


def test_a_sample_without_home_is_written_as_before(tmp_path, capsys):
    assert main(["sample", str(tmp_path / "landing"), *SAMPLE, "--format", "parquet"]) == 0
    assert "1,000 students" in capsys.readouterr().out
    assert (tmp_path / "landing" / "truth.parquet").exists()
    assert not (tmp_path / "landing" / "expected_cases.parquet").exists()
