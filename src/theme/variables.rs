//! The fields of a view as the variables of a template.
//!
//! In: a struct. Out: Tera's context. Tera's own `Context::from_serialize` makes a map of the
//! fields first, and copies each name. Absent on purpose: how the fields themselves become
//! values, which is Tera's.

use std::fmt::{self, Display};

use serde::{
    Serialize, Serializer,
    ser::{self, Impossible},
};
use tera::{Context, Value};

/// # Errors
/// Where `view` is no struct, or a field is nothing that Tera has a value for.
pub fn variables(view: &impl Serialize) -> Result<Context, tera::Error> {
    view.serialize(Variables).map_err(|Unfit(fault)| fault)
}

struct Variables;

/// Those that have been seen.
struct Fields(Context);

/// What cannot be the variables of a template.
#[derive(Debug)]
struct Unfit(tera::Error);

impl Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for Unfit {}

impl ser::Error for Unfit {
    fn custom<T: Display>(message: T) -> Self {
        Unfit(tera::Error::message(message.to_string()))
    }
}

impl ser::SerializeStruct for Fields {
    type Ok = Context;
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, field: &T) -> Result<(), Unfit> {
        self.0.insert_value(name, Value::try_from_serializable(field).map_err(Unfit)?);
        Ok(())
    }

    fn end(self) -> Result<Context, Unfit> {
        Ok(self.0)
    }
}

fn no_struct<T>() -> Result<T, Unfit> {
    Err(ser::Error::custom("a view is a struct"))
}

/// Everything else is no view.
macro_rules! refused {
    ($($method:ident($($kind:ty),*) -> $result:ty;)*) => {
        $(fn $method(self, $(_: $kind),*) -> Result<$result, Unfit> { no_struct() })*
    };
}

impl Serializer for Variables {
    type Ok = Context;
    type Error = Unfit;
    type SerializeSeq = Impossible<Context, Unfit>;
    type SerializeTuple = Impossible<Context, Unfit>;
    type SerializeTupleStruct = Impossible<Context, Unfit>;
    type SerializeTupleVariant = Impossible<Context, Unfit>;
    type SerializeMap = Impossible<Context, Unfit>;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<Context, Unfit>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Unfit> {
        Ok(Fields(Context::new()))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Context, Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Context, Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Context, Unfit> {
        value.serialize(self)
    }

    refused! {
        serialize_bool(bool) -> Context;
        serialize_i8(i8) -> Context;
        serialize_i16(i16) -> Context;
        serialize_i32(i32) -> Context;
        serialize_i64(i64) -> Context;
        serialize_u8(u8) -> Context;
        serialize_u16(u16) -> Context;
        serialize_u32(u32) -> Context;
        serialize_u64(u64) -> Context;
        serialize_f32(f32) -> Context;
        serialize_f64(f64) -> Context;
        serialize_char(char) -> Context;
        serialize_str(&str) -> Context;
        serialize_bytes(&[u8]) -> Context;
        serialize_none() -> Context;
        serialize_unit() -> Context;
        serialize_unit_struct(&'static str) -> Context;
        serialize_unit_variant(&'static str, u32, &'static str) -> Context;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
