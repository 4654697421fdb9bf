use super::super::{Column, Trouble, Why};
use super::*;

/// The lines of a file that comes in pieces of this size.
fn lines_of(file: &[u8], piece: usize) -> Result<(Vec<Line>, Vec<String>), FileFault> {
    let (mut reader, mut lines) = (Reader::default(), Vec::new());
    for piece in file.chunks(piece) {
        reader.feed(piece, &mut lines)?;
    }
    reader.end(&mut lines)?;
    Ok((lines, reader.ignored()))
}

/// The same for every size of piece that could matter; it makes no difference.
fn read(file: &[u8]) -> Result<Vec<Line>, FileFault> {
    let whole = lines_of(file, file.len().max(1));
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(lines_of(file, piece), whole, "pieces of {piece}");
    }
    whole.map(|(lines, _)| lines)
}

/// A line in short: its number, and its cells or its fault.
fn short(line: &Line) -> String {
    let said = match &line.read {
        Ok(cells) => {
            let cell = |column: Column| Some(format!("{}={}", column.word(), cells.get(&column)?));
            Column::ALL.into_iter().filter_map(cell).collect::<Vec<_>>().join(" ")
        }
        Err(fault) => {
            format!("! {} {}", fault.why.word(), fault.column.as_ref().map_or("", Column::word)).trim().to_owned()
        }
    };
    format!("{}: {said}", line.number)
}

fn told(file: &[u8]) -> Vec<String> {
    read(file).unwrap().iter().map(short).collect()
}

#[test]
fn a_file_is_read_whoever_wrote_it() {
    let mina = ["2: email=a@b.example given_name=Mina"];
    let cases: [(&str, &[u8]); 9] = [
        ("RFC 4180", b"email,given_name\r\na@b.example,Mina\r\n"),
        ("no line end", b"email,given_name\na@b.example,Mina"),
        ("a German spreadsheet", b"\xef\xbb\xbfE-Mail;Vorname\r\na@b.example;Mina\r\n"),
        ("tabs", b"email\tgiven_name\na@b.example\tMina\n"),
        ("quotes", b"\"email\",\"given_name\"\n\"a@b.example\",\"Mina\"\n"),
        ("blank lines at the end", b"email,given_name\na@b.example,Mina\n\n,\r\n\n"),
        ("empty cells beyond", b"email,given_name\na@b.example,Mina,,,\n"),
        ("an old Macintosh", b"email,given_name\ra@b.example,Mina\r"),
        ("JSON lines", b"\n{\"email\": \"a@b.example\", \"given_name\": \"Mina\", \"state\": null}\r\n"),
    ];
    for (name, file) in cases {
        assert_eq!(told(file), mina, "{name}");
    }
}

#[test]
fn what_is_wrong_says_where() {
    let csv = b"email,given_name,roles\n\
        a@b.example,J\xf6rg,viewer\n\
        b@b.example,Mina\n\
        c@b.example,Mina,viewer,too,much\n\
        \"d@b.example\",\"two\nlines \"\"here\"\"\",viewer\n\
        \n\
        e@b.example,'=1+1,\n";
    let expected = [
        "2: ! not_utf8 given_name",
        "3: ! cell_count",
        "4: ! cell_count",
        "5: email=d@b.example given_name=two\nlines \"here\" roles=viewer",
        "8: email=e@b.example given_name==1+1 roles=",
    ];
    assert_eq!(told(csv), expected);
    let json = b"{\"email\":\"a@b.example\",\"roles\":[\"viewer\",\"editor\"],\"department\":7}\n\
        {\"email\":\"b@b.example\",\"roles\":[1]}\n\
        {\"email\":7}\n\
        [\"c@b.example\"]\n\
        {\"email\":\"d@b.example\"\n\
        {\"email\":\"J\xf6rg\"}\n\
        {\"email\":\"e@b.example\",\"mail\":\"f@b.example\"}\n\
        {}\n\
        {\"email\":\"f@b.example\",\"email\":\"g@b.example\"}\n\
        {\"email\":\"h@b.example\",\"fields\":{\"city\":\"A\",\"city\":\"B\"}}\n\
        {\"email\":\"i@b.example\",\"family_name\":{\"de\":\"I\"},\"department\":{}}\n\
        {\"email\":\"j@b.example\",\"roles\":[\"viewer\"],\"roles\":null}\n\
        {\"email\":\"k@b.example\",\"fields\":{},\"fields\":{}}\n\
        {\"email\":\"l@b.example\",\"kind\":3,\"locked\":true,\"email_stated_by\":[]}\n";
    let expected = [
        "1: email=a@b.example roles=viewer\neditor",
        "2: ! not_text roles",
        "3: ! not_text email",
        "4: ! not_an_object",
        "5: ! not_an_object",
        "6: ! not_utf8",
        "7: ! twice email",
        "8:",
        "9: ! twice email",
        "10: ! twice field.city",
        "11: ! not_text family_name",
        "12: ! twice roles",
        "13: ! twice",
        "14: email=l@b.example locked=yes",
    ];
    let json = told(json);
    assert_eq!(json.iter().map(|line| line.trim()).collect::<Vec<_>>(), expected);
}

#[test]
fn a_file_that_cannot_be_read_at_all_says_why() {
    let utf16: Vec<u8> = std::iter::once(0xfeff_u16)
        .chain("email\r\na@b.example\r\n".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let long = [b"email,".as_slice(), &vec![b'x'; LONGEST + 10], b"\na@b.example,\n"].concat();
    let cases: [(&[u8], FileFault); 10] = [
        (b"", FileFault::Empty),
        (b"\xef\xbb\xbf", FileFault::Empty),
        (b" \r\n \n", FileFault::Empty),
        (&utf16, FileFault::Utf16),
        (b"\xfe\xff\0e", FileFault::Utf16),
        (b"name,roles\nMina,viewer\n", FileFault::NoEmail),
        (b"[{\"email\":\"a@b.example\"}]", FileFault::NoEmail),
        (b"email,mail\na@b.example,b@b.example\n", FileFault::ColumnTwice),
        (b"email,r\xf6le\na@b.example,viewer\n", FileFault::NotUtf8),
        (&long, FileFault::HeadTooLong),
    ];
    for (file, expected) in cases {
        assert_eq!(read(file), Err(expected), "{:?}", String::from_utf8_lossy(&file[..file.len().min(40)]));
    }
}

#[test]
fn columns_that_nobody_knows_are_told_and_those_of_an_export_are_not() {
    let (_, ignored) = lines_of(b"id,email,department,Shoe size,last_sign_in\n1,a@b.example,x,9,\n", 5).unwrap();
    assert_eq!(ignored, ["Shoe size", "department"]);
}

#[test]
fn pp_16_profile_fields_stand_in_columns_of_their_own_or_together() {
    let fields = |file: &[u8]| -> Vec<String> {
        let cells = read(file).unwrap().remove(0).read.unwrap();
        cells.fields().map(|(key, text)| format!("{key}={text}")).collect()
    };
    let csv = fields(b"email,Field.City,field.cost-centre,field.,fields\na@b.example,Graz,'+1,x,y\n");
    assert_eq!(csv, ["city=Graz", "cost-centre=+1"]);
    let json = b"{\"email\":\"a@b.example\",\"fields\":{\"city\":\"Graz\",\"zip\":null},\"field.cost-centre\":\"+1\"}";
    assert_eq!(fields(json), csv);
    let keys: Vec<String> = (0..201).map(|n| format!("\"f{n}\":\"x\"")).collect();
    let many = format!("{{\"fields\":{{{}}}}}\n{{\"fields\":{{\"city\":7}}}}", keys.join(","));
    assert_eq!(told(many.as_bytes()), ["1: ! too_much", "2: ! not_text field.city"]);
    let long = format!("email,field.city\na@b.example,{}\nb@b.example,{}\n", "x".repeat(4_000), "x".repeat(4_001));
    assert_eq!(told(long.as_bytes()), ["2: email=a@b.example", "3: ! field_too_long field.city"]);
}

#[test]
fn rel_19_a_line_without_end_is_an_error_and_takes_no_memory() {
    let piece = vec![b'x'; 1 << 20];
    for (head, quote) in [("email,name\n", ""), ("email,name\n", "\""), ("{}\n", "")] {
        let (mut reader, mut lines) = (Reader::default(), Vec::new());
        reader.feed(head.as_bytes(), &mut lines).unwrap();
        lines.clear();
        reader.feed(quote.as_bytes(), &mut lines).unwrap();
        for _ in 0..64 {
            reader.feed(&piece, &mut lines).unwrap();
        }
        assert!(lines.is_empty());
        if let Stage::Json(reader) = &reader.stage {
            assert!(reader.held() <= 2 * LONGEST);
        }
        reader.feed(format!("{quote}\n").as_bytes(), &mut lines).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].read, Err(Trouble::TooLong.into()), "{head}{quote}");
        // What follows is read again.
        let next = if head == "{}\n" { "{\"email\":\"a@b.example\"}\n" } else { "a@b.example,Mina\n" };
        reader.feed(next.as_bytes(), &mut lines).unwrap();
        reader.end(&mut lines).unwrap();
        assert_eq!(lines[1].number, 3);
        assert!(lines[1].read.is_ok(), "{:?}", lines[1]);
    }
    // A quote that is never closed takes the rest of the file with it, and says so.
    let open = [b"email,name\n\"a@b.example,Mina\n".as_slice(), &b"b@b.example,Ada\n".repeat(10_000)].concat();
    let (lines, _) = lines_of(&open, 4_096).unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].read.as_ref().unwrap_err().why, Why::Line(Trouble::TooLong));
    let many = [b"email\n".as_slice(), &b",".repeat(5_000), b"\na@b.example\n"].concat();
    assert_eq!(told(&many), ["2: ! cell_count", "3: email=a@b.example"]);
}
